"""A chat: an appeal of a contract that is answered live."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.appeals import actions, queries
from portal.appeals.forms import ChatForm
from portal.appeals.models import Appeal
from portal.appeals.outages import suggesting
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
    if request.method == "GET" and (running := queries.open_chat_of(who.account, who.user)):
        return _show(running)
    known = suggesting.known_here(account_id)
    is_asked = suggesting.must_ask(known) and not queries.open_chat_of(who.account, who.user)
    if form.validate_on_submit() and not is_asked:
        try:
            check_pace(str(who.user.id))
            return _show(actions.chat(who.user, who.account, body=form.body.data or ""))
        except RuleError as error:
            form.refuse(error)
    page = render_form(
        "appeals/open_chat.html",
        form,
        account_id=account_id,
        minutes=queries.minutes_to_first_answer(Channel.CHAT, clock.now()),
        known=known,
        is_asked=is_asked and not form.is_refused,
    )
    return suggesting.as_question(page, is_asked=is_asked)


def _show(appeal: Appeal) -> ResponseReturnValue:
    return redirect(
        url_for(".show_appeal", account_id=appeal.account_id, appeal_id=appeal.id, _anchor="talk")
    )
