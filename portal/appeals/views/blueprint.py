"""The blueprint that the modules of this package add their routes to."""

from datetime import timedelta

from flask import Blueprint, Response, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import visitor
from portal.accounts.models import User
from portal.appeals.models import Appeal
from portal.appeals.states import Channel
from portal.core import throttle
from portal.core.errors import RuleError, ThrottledError
from portal.core.text import _l
from portal.core.text import gettext as _

bp = Blueprint("appeals", __name__)

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_PER_HOUR = 30
_PER_HOUR_PUBLICLY = 10
_CHAT_PER_MINUTE = 10
_CHAT_PER_HOUR = 200


@bp.errorhandler(413)
def refuse_large_body(_error: Exception) -> ResponseReturnValue:
    """Lead back to the files of a saved draft: only the file that was just sent is too large.

    Where nothing is saved yet a page says so, and where the text still is. It is refused before
    anybody is asked who he is, so his language has to be looked up first.
    """
    visitor()
    if "draft_id" in (request.view_args or {}):
        flash(_("This file is larger than 20 MB. Your text is kept: send a smaller file."), "error")
        return redirect(request.path, 303)
    told = _("Your message is too long. Its text still stands in the form: shorten it.")
    page = render_template(
        "errors/error.html", status=413, message=told, request_id=g.get("request_id", "")
    )
    return page, 413


@bp.after_request
def hide_address(response: Response) -> Response:
    """Tell no other site the address of a page whose address is a secret."""
    if "secret" in (request.view_args or {}) or "secret" in request.args:
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


def check_pace(who: str, *, is_public: bool = False) -> None:
    """Count one message of `who`. Raises RuleError beyond 30 an hour (10 without sign-in).

    A RuleError and no 429 page, so that the form keeps what was typed.
    """
    _count(f"appeals:{who}", _PER_HOUR_PUBLICLY if is_public else _PER_HOUR, _HOUR)


def check_pace_of_reply(appeal: Appeal, user: User) -> None:
    """Count one reply of a user: as a message, or as one of the many short ones of a chat."""
    if appeal.channel == Channel.CHAT:
        _count(f"chat:{user.id}", _CHAT_PER_MINUTE, _MINUTE)
        _count(f"chat-hour:{user.id}", _CHAT_PER_HOUR, _HOUR)
    else:
        check_pace(str(user.id))


def _count(key: str, limit: int, window: timedelta) -> None:
    try:
        throttle.hit(key, limit=limit, window=window)
    except ThrottledError as too_many:
        raise RuleError(
            _l("You have written very often. Please send this in %(minutes)s minutes."),
            minutes=too_many.retry_after // 60 + 1,
        ) from too_many
