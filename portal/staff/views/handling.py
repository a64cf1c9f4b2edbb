"""What becomes of an appeal at the desk, beside answers: taken, handed over, linked, ended."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.accounts.models import User
from portal.appeals import actions as appeals
from portal.appeals import queries as appeal_queries
from portal.appeals.actions import desk
from portal.appeals.models import Appeal
from portal.core import ids
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import PortalForm
from portal.core.text import _l
from portal.core.text import gettext as _
from portal.promises import queries as promise_queries
from portal.staff.forms import Away, InvestigationForm, LinkForm, TransferForm, TurnAwayForm
from portal.staff.queries import search
from portal.staff.queries.colleagues import colleague
from portal.staff.views.blueprint import bp, tell
from portal.staff.views.ticket import show


@bp.post("/appeals/<uuid:appeal_id>/claim")
@allow(Permission.DESK_WORK)
def claim_ticket(appeal_id: UUID) -> ResponseReturnValue:
    return _press(appeal_id, appeals.claim, _("The appeal is yours."))


@bp.post("/appeals/<uuid:appeal_id>/release")
@allow(Permission.DESK_WORK)
def release_ticket(appeal_id: UUID) -> ResponseReturnValue:
    return _press(appeal_id, appeals.release, _("The appeal is free for everybody again."))


@bp.post("/appeals/<uuid:appeal_id>/recognise-claim")
@allow(Permission.DESK_WORK)
def recognise_claim(appeal_id: UUID) -> ResponseReturnValue:
    done = _("The complaint is a claim now: its own promise runs.")
    return _press(appeal_id, appeals.recognise_claim, done)


@bp.post("/appeals/<uuid:appeal_id>/investigate")
@allow(Permission.DESK_WORK)
def investigate_ticket(appeal_id: UUID) -> ResponseReturnValue:
    done = _("Saved. Tell the customer by when the investigation ends.")
    return _fill(appeal_id, _investigate, done, investigation=InvestigationForm())


@bp.post("/appeals/<uuid:appeal_id>/transfer")
@allow(Permission.DESK_WORK)
def transfer_ticket(appeal_id: UUID) -> ResponseReturnValue:
    done = _("The appeal is handed over, and the colleague is told.")
    return _fill(appeal_id, _hand_over, done, transfer=TransferForm())


@bp.post("/appeals/<uuid:appeal_id>/turn-away")
@allow(Permission.DESK_WORK)
def turn_away_ticket(appeal_id: UUID) -> ResponseReturnValue:
    return _fill(appeal_id, _turn_away, _("Saved."), turn_away=TurnAwayForm())


@bp.post("/appeals/<uuid:appeal_id>/link")
@allow(Permission.DESK_WORK)
def link_ticket(appeal_id: UUID) -> ResponseReturnValue:
    if request.form.get("act") == "unlink":
        return _press(appeal_id, desk.unlink_duplicate, _("The appeal stands alone again."))
    _lock_both(appeal_id, request.form.get("number", ""))
    done = _("Linked. Each keeps its number, its promises and its rating.")
    return _fill(appeal_id, _link, done, link=LinkForm())


def _press(appeal_id: UUID, act: Callable[..., None], done: str) -> ResponseReturnValue:
    """Do what a single button says, or tell why not."""
    appeal = appeal_queries.appeal_for_staff(appeal_id, lock=True)
    try:
        act(appeal, by=principal().user)
    except RuleError as error:
        tell(error)
    else:
        flash(done)
    return redirect(url_for(".show_ticket", appeal_id=appeal_id))


def _fill(
    appeal_id: UUID,
    act: Callable[[Appeal, Any, User], None],
    done: str,
    **named: PortalForm,
) -> ResponseReturnValue:
    """Do what a form of the page (by its name there) says, or show it with what is to mend."""
    (form,) = named.values()
    appeal = appeal_queries.appeal_for_staff(appeal_id, lock=True)
    if form.validate_on_submit():
        try:
            act(appeal, form, principal().user)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(done)
            return redirect(url_for(".show_ticket", appeal_id=appeal_id))
    return show(appeal, **named)


def _investigate(appeal: Appeal, form: InvestigationForm, by: User) -> None:
    """Open an investigation, or lengthen the one that runs."""
    reason = form.reason.data or ""
    if promise_queries.case_of(appeal_queries.SUBJECT, appeal.id).is_investigated:
        appeals.extend_investigation(appeal, reason=reason, by=by)
    else:
        appeals.open_investigation(appeal, reason=reason, by=by)


def _hand_over(appeal: Appeal, form: TransferForm, by: User) -> None:
    is_supervisor = principal().may(Permission.DESK_SUPERVISE)
    act = desk.assign if is_supervisor else desk.transfer
    act(appeal, to=colleague(form.to_id.data), note=form.note.data or "", by=by)


def _turn_away(appeal: Appeal, form: TurnAwayForm, by: User) -> None:
    reason = form.reason.data or ""
    if form.how.data == Away.FORWARDED:
        desk.reject_as_forwarded(appeal, reason=reason, by=by)
    elif form.how.data == Away.SPAM:
        desk.reject_as_spam(appeal, reason=reason, by=by)
    else:
        desk.note_wrong_addressee(appeal, by=by)


def _link(appeal: Appeal, form: LinkForm, by: User) -> None:
    other = _numbered(form.number.data or "")
    if other is None:
        raise RuleError(_l("There is no appeal with this number."), field="number")
    desk.link_duplicate(appeal, other, by=by)


def _lock_both(appeal_id: UUID, typed: str) -> None:
    """Lock both appeals in the order of their ids: of two who link them at once, one waits."""
    other = _numbered(typed)
    for each in sorted({appeal_id, other.id if other else appeal_id}):
        appeal_queries.appeal_for_staff(each, lock=True)


def _numbered(typed: str) -> Appeal | None:
    number = ids.read_short_number(typed)
    return search.of_number(number) if number else None
