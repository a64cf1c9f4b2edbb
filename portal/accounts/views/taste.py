"""Language and colours: kept for the user, and in a cookie of this browser."""

from flask import Response, current_app, make_response, redirect, request
from flask.typing import ResponseReturnValue

from portal.accounts import actions
from portal.accounts.access import visitor
from portal.accounts.views.blueprint import bp, way_on
from portal.core.access import Permission, allow
from portal.core.text import LANGUAGES

THEMES = ("system", "light", "dark")
_YEAR = 365 * 24 * 3600


@bp.post("/language")
@allow(Permission.PUBLIC)
def choose_language() -> ResponseReturnValue:
    chosen, who = request.form.get("lang"), visitor()
    answer = _back()
    if chosen in LANGUAGES:
        if who:
            actions.choose_language(who.user, language=chosen)
        _keep(answer, chosen, _kept()[1])
    return answer


@bp.post("/theme")
@allow(Permission.PUBLIC)
def choose_theme() -> ResponseReturnValue:
    chosen, who = request.form.get("theme"), visitor()
    answer = _back()
    if chosen in THEMES:
        if who:
            actions.choose_theme(who.user, theme=chosen)
        _keep(answer, _kept()[0], chosen)
    return answer


def _back() -> Response:
    return make_response(redirect(way_on() or "/"))


def _kept() -> tuple[str, str]:
    language, _, theme = request.cookies.get(current_app.config["PREFERENCE_COOKIE"], "").partition(
        "."
    )
    return language, theme


def _keep(answer: Response, language: str, theme: str) -> None:
    """Keep both in one cookie, `ru.dark`: what is not of ours is dropped."""
    known = language if language in LANGUAGES else "", theme if theme in THEMES else ""
    answer.set_cookie(
        current_app.config["PREFERENCE_COOKIE"],
        ".".join(known),
        max_age=_YEAR,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
