"""What customers do: follow an outage, and say whether it works again."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.accounts.models import User
from portal.appeals import queries as appeal_queries
from portal.appeals.actions import Writer
from portal.appeals.models import Appeal
from portal.appeals.outages import actions, queries
from portal.appeals.outages.forms import FollowForm, WorksForm
from portal.appeals.outages.views.blueprint import bp
from portal.appeals.views.blueprint import check_pace
from portal.core import http
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import read_uuid
from portal.core.text import gettext as _

_ANSWERS: dict[str, Callable[..., None]] = {
    "yes": actions.say_it_works,
    "no": actions.say_still_broken,
}


@bp.post("/a/<uuid:account_id>/outages/<uuid:outage_id>/follow")
@allow(Permission.APPEALS_WRITE)
@http.limit_body("import")
def follow(account_id: UUID, outage_id: UUID) -> ResponseReturnValue:
    form, who = FollowForm(), principal()
    outage = queries.locked_outage(outage_id)
    if not form.validate():
        return redirect(url_for("appeals.file_appeal", account_id=account_id, kind="fault"))
    appeal_id, draft_id = read_uuid(form.appeal_id.data), read_uuid(form.draft_id.data)
    own = appeal_queries.appeal_of(who.account, appeal_id, lock=True) if appeal_id else None
    draft = appeal_queries.draft_of(who.account, who.user, draft_id) if draft_id else None
    check_pace(str(who.user.id))
    followed = actions.follow(
        Writer(who.user.name, who.user.email, who.user.language, who.user, who.account),
        outage,
        actions.Wish(form.subject.data or "", form.body.data or "", draft),
        appeal=own,
    )
    flash(_("You follow the outage: we write as soon as it works, or if the time changes."))
    return redirect(url_for("appeals.show_appeal", account_id=account_id, appeal_id=followed.id))


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
