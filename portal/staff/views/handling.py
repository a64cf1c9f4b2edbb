"""What becomes of an appeal at the desk, beside answers: taken, given back, investigated."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.accounts.models import User
from portal.appeals import actions as appeals
from portal.appeals import queries as appeal_queries
from portal.appeals.models import Appeal
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.text import gettext as _
from portal.promises import queries as promise_queries
from portal.staff.forms import AnswerForm, InvestigationForm
from portal.staff.views.blueprint import bp, tell
from portal.staff.views.ticket import show


@bp.post("/appeals/<uuid:appeal_id>/claim")
@allow(Permission.DESK_WORK)
def claim_ticket(appeal_id: UUID) -> ResponseReturnValue:
    appeal = appeal_queries.appeal_for_staff(appeal_id, lock=True)
    try:
        appeals.claim(appeal, by=principal().user)
    except RuleError as error:
        tell(error)
    else:
        flash(_("The appeal is yours."))
    return redirect(url_for(".show_ticket", appeal_id=appeal_id))


@bp.post("/appeals/<uuid:appeal_id>/release")
@allow(Permission.DESK_WORK)
def release_ticket(appeal_id: UUID) -> ResponseReturnValue:
    appeal = appeal_queries.appeal_for_staff(appeal_id, lock=True)
    try:
        appeals.release(appeal, by=principal().user)
    except RuleError as error:
        tell(error)
    else:
        flash(_("The appeal is free for everybody again."))
    return redirect(url_for(".show_ticket", appeal_id=appeal_id))


@bp.post("/appeals/<uuid:appeal_id>/investigate")
@allow(Permission.DESK_WORK)
def investigate_ticket(appeal_id: UUID) -> ResponseReturnValue:
    appeal = appeal_queries.appeal_for_staff(appeal_id, lock=True)
    form = InvestigationForm()
    if form.validate_on_submit():
        try:
            _investigate(appeal, reason=form.reason.data or "", by=principal().user)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("Saved. Tell the customer by when the investigation ends."))
            return redirect(url_for(".show_ticket", appeal_id=appeal_id))
    return show(appeal, AnswerForm(formdata=None), form)


@bp.post("/appeals/<uuid:appeal_id>/recognise-claim")
@allow(Permission.DESK_WORK)
def recognise_claim(appeal_id: UUID) -> ResponseReturnValue:
    appeal = appeal_queries.appeal_for_staff(appeal_id, lock=True)
    try:
        appeals.recognise_claim(appeal, by=principal().user)
    except RuleError as error:
        tell(error)
    else:
        flash(_("The complaint is a claim now: its own promise runs."))
    return redirect(url_for(".show_ticket", appeal_id=appeal_id))


def _investigate(appeal: Appeal, *, reason: str, by: User) -> None:
    """Open an investigation, or lengthen the one that runs."""
    if promise_queries.case_of(appeal_queries.SUBJECT, appeal.id).is_investigated:
        appeals.extend_investigation(appeal, reason=reason, by=by)
    else:
        appeals.open_investigation(appeal, reason=reason, by=by)
