"""The blueprint of people, and what its views share."""

from flask import Blueprint, Response, current_app, flash, g, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user

from portal.accounts.access import Principal, SignedIn
from portal.accounts.devices import Visit, device_name
from portal.accounts.known_devices import LASTS_SECONDS, seal, unseal
from portal.accounts.models import User, UserSession
from portal.accounts.return_path import safe_path
from portal.core import text
from portal.core.text import gettext as _

bp = Blueprint("accounts", __name__)


def visit() -> Visit:
    """Return who knocks: his browser, his address, his language."""
    return Visit(
        device=device_name(request.user_agent.string),
        address=request.remote_addr,
        language=text.language(),
        known=unseal(current_app.config["SECRET_KEY"], request.cookies.get(_known_cookie(), "")),
    )


def make_known(answer: Response, user: User) -> Response:
    """Let this browser be known as one in which `user` signed in."""
    answer.set_cookie(
        _known_cookie(),
        seal(current_app.config["SECRET_KEY"], (user.email, user.phone)),
        max_age=LASTS_SECONDS,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return answer


def _known_cookie() -> str:
    """Return its name, with the prefix that the session's cookie has: `__Host-` over https."""
    return str(current_app.config["SESSION_COOKIE_NAME"]).removesuffix("sid") + "known"


def let_in(user: User, device: UserSession, token: str) -> None:
    """Let this browser carry a new session, and nothing of what it carried before."""
    cookie.clear()
    g.pop("csrf_token", None)  # A form on this very answer needs a token of the new session.
    login_user(SignedIn(Principal(user, device), token))


def let_out() -> ResponseReturnValue:
    """Let this browser carry nothing any more, and keep nothing of ours."""
    logout_user()
    cookie.clear()
    flash(_("You are signed out."))
    answer = redirect(url_for(".sign_in"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def carry(token: str) -> None:
    """Let this browser carry the new secret of the session that it has."""
    cookie["_user_id"] = token


def operator_words() -> tuple[str, ...]:
    """Return what a password may not be made of: the operator's names and the portal's."""
    settings = current_app.config["SETTINGS"]
    named = (settings.operator_name, settings.operator_legal_name)
    return (*(text for each in named for text in each.texts.values()), "Kabinet")


def way_on() -> str | None:
    """Return the page of ours that the visitor was on his way to, if he named one."""
    return safe_path(request.values.get("next"))
