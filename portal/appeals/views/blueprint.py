"""The blueprint that the modules of this package add their routes to."""

from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import visitor
from portal.core import throttle
from portal.core.errors import RuleError, ThrottledError
from portal.core.text import _l
from portal.core.text import gettext as _

bp = Blueprint("appeals", __name__)

_PER_HOUR = 30
_PER_HOUR_PUBLICLY = 10


@bp.errorhandler(413)
def refuse_large_file(_error: Exception) -> ResponseReturnValue:
    """Lead back to the page: the draft is saved, only what was just sent is too large.

    It is refused before anybody is asked who he is, so his language has to be looked up first.
    """
    visitor()
    flash(_("This file is larger than 20 MB. Your text is kept: send a smaller file."), "error")
    return redirect(request.path, 303)


@bp.after_request
def hide_address(response: Response) -> Response:
    """Tell no other site the address of a page whose address is a secret."""
    if "secret" in (request.view_args or {}):
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


def check_pace(who: str, *, is_public: bool = False) -> None:
    """Count one message of `who`. Raises RuleError beyond 30 an hour (10 without sign-in).

    A RuleError and no 429 page, so that the form keeps what was typed.
    """
    limit = _PER_HOUR_PUBLICLY if is_public else _PER_HOUR
    try:
        throttle.hit(f"appeals:{who}", limit=limit, window=timedelta(hours=1))
    except ThrottledError as too_many:
        raise RuleError(
            _l("You have written very often. Please send this in %(minutes)s minutes."),
            minutes=too_many.retry_after // 60 + 1,
        ) from too_many
