"""A chat: an appeal of a contract that is answered live."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.appeals import actions, queries
from portal.appeals.forms import ChatForm
from portal.appeals.models import Appeal
from portal.appeals.states import Channel
from portal.appeals.views.blueprint import bp, check_pace
from portal.core import clock, http
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form


@bp.route("/a/<uuid:account_id>/appeals/chat", methods=["GET", "POST"])
@allow(Permission.APPEALS_WRITE)
@http.limit_body("import")
def open_chat(account_id: UUID) -> ResponseReturnValue:
    who, form = principal(), ChatForm()
    if form.validate_on_submit():
        try:
            check_pace(str(who.user.id))
            return _show(actions.chat(who.user, who.account, body=form.body.data or ""))
        except RuleError as error:
            form.refuse(error)
    if request.method == "GET" and (running := queries.open_chat_of(who.account, who.user)):
        return _show(running)
    minutes = queries.minutes_to_first_answer(Channel.CHAT, clock.now())
    return render_form("appeals/open_chat.html", form, account_id=account_id, minutes=minutes)


def _show(appeal: Appeal) -> ResponseReturnValue:
    return redirect(
        url_for(".show_appeal", account_id=appeal.account_id, appeal_id=appeal.id, _anchor="talk")
    )
