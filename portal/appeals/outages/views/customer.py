"""What customers do: follow an outage, and say whether it works again."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.accounts.models import User
from portal.appeals import queries as appeal_queries
from portal.appeals.actions import Writer, save_draft
from portal.appeals.models import Appeal, Draft
from portal.appeals.outages import actions, queries
from portal.appeals.outages.forms import FollowForm, WorksForm
from portal.appeals.outages.models import Outage
from portal.appeals.outages.views.blueprint import bp
from portal.appeals.states import AppealKind
from portal.appeals.views.blueprint import check_pace
from portal.core import http
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import read_uuid
from portal.core.text import gettext as _
from portal.core.text import is_storable

_ANSWERS: dict[str, Callable[..., None]] = {
    "yes": actions.say_it_works,
    "no": actions.say_still_broken,
}


@bp.post("/a/<uuid:account_id>/outages/<uuid:outage_id>/follow")
@allow(Permission.APPEALS_WRITE)
@http.limit_body("import")
def follow(account_id: UUID, outage_id: UUID) -> ResponseReturnValue:
    form, outage = FollowForm(), queries.locked_outage(outage_id)
    draft = _draft(form)
    try:
        form.check()
        followed = _follow(outage, form, draft)
    except RuleError as error:
        flash(error.message, "error")
        kept = _keep(form, draft)
        return redirect(
            url_for("appeals.file_appeal", account_id=account_id, kind="fault", draft=kept)
        )
    flash(_("You follow the outage: we write as soon as it works, or if the time changes."))
    return redirect(url_for("appeals.show_appeal", account_id=account_id, appeal_id=followed.id))


def _follow(outage: Outage, form: FollowForm, draft: Draft | None) -> Appeal:
    who, appeal_id = principal(), read_uuid(form.appeal_id.data)
    typed = {**(draft.content if draft else {}), **form.typed}
    own = appeal_queries.appeal_of(who.account, appeal_id, lock=True) if appeal_id else None
    check_pace(str(who.user.id))
    return actions.follow(
        Writer(who.user.name, who.user.email, who.user.language, who.user, who.account),
        outage,
        actions.Wish(typed.get("subject", ""), typed.get("body", ""), draft),
        appeal=own,
    )


def _draft(form: FollowForm) -> Draft | None:
    who, draft_id = principal(), read_uuid(form.draft_id.data)
    return appeal_queries.draft_of(who.account, who.user, draft_id) if draft_id else None


def _keep(form: FollowForm, draft: Draft | None) -> str | None:
    """Keep what was typed as a draft of a fault; return its id, or None if nothing can be kept."""
    typed = {"subject": form.subject.data or "", "body": form.body.data or ""}
    if not any(typed.values()) or not all(is_storable(each) for each in typed.values()):
        return str(draft.id) if draft else None
    who = principal()
    content = {"kind": AppealKind.FAULT.value, "about_id": "", **typed}
    kept = save_draft(draft, content=content, account_id=who.account.id, user_id=who.user.id)
    return str(kept.id)


@bp.post("/a/<uuid:account_id>/appeals/<uuid:appeal_id>/works")
@allow(Permission.APPEALS_WRITE)
def answer(account_id: UUID, appeal_id: UUID) -> ResponseReturnValue:
    appeal = appeal_queries.appeal_of(principal().account, appeal_id, lock=True)
    _answer(appeal, by=principal().user)
    return redirect(url_for("appeals.show_appeal", account_id=account_id, appeal_id=appeal_id))


@bp.post("/appeals/track/<string:secret>/works")
@allow(Permission.PUBLIC)
def answer_tracked(secret: str) -> ResponseReturnValue:
    _answer(appeal_queries.appeal_by_secret(secret, lock=True), by=None)
    return redirect(url_for("appeals.show_tracked", secret=secret))


def _answer(appeal: Appeal, *, by: User | None) -> None:
    form = WorksForm()
    if not form.validate():
        flash(_("Say yes or no."), "error")
        return
    try:
        _ANSWERS[form.works.data](appeal, by=by)
    except RuleError as error:
        flash(error.message, "error")
        return
    if form.works.data == "yes":
        flash(_("The appeal is closed. Thank you for telling us."))
    else:
        flash(_("We are sorry. The appeal is open again, and a specialist knows."))
