"""Who calls: a system with a token in its header, never a cookie."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from flask import Blueprint, Response, current_app, g, json, request

from portal.api import actions, queries
from portal.api.models import ApiToken, Scope
from portal.config import Settings
from portal.core import clock, db, throttle
from portal.core.access import View
from portal.core.errors import PortalError, RuleError
from portal.core.http import csrf
from portal.core.problems import problem
from portal.core.text import LANGUAGES, reading_as

bp = Blueprint("api", __name__)

# A call with a token carries no cookie that somebody else's page could borrow.
without_csrf = cast("Callable[[View], View]", csrf.exempt)
WRONG_TOKENS = 20  # by one address within
WINDOW = timedelta(minutes=10)
_NOBODY = {"WWW-Authenticate": 'Bearer realm="Kabinet"'}


class CallError(PortalError):
    """A call that can't be answered: a status, and what to mend, field by field."""

    def __init__(self, status: int, detail: str, faults: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.faults = faults or {}


def needs(scope: Scope) -> Callable[[View], View]:
    """Let a view be called only with a token that opens `scope`; it then sees what staff sees."""

    def guard(view: View) -> View:
        @wraps(view)
        def run(**values: Any) -> Any:
            g.api_token = _caller(scope)
            return view(**values)

        return run

    return guard


def caller() -> ApiToken:
    """Return the token of the call."""
    return cast(ApiToken, g.api_token)


def settings() -> Settings:
    """Return the portal's settings."""
    return cast(Settings, current_app.config["SETTINGS"])


def answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return JSON, in UTF-8 as it is read."""
    body = json.dumps(content, ensure_ascii=False) + "\n"
    return Response(body, status, headers=headers, mimetype="application/json")


def asked_limit(*, usual: int, most: int) -> int:
    """Return how many things a call wants. Raises CallError for anything but 1 to `most`."""
    raw = request.args.get("limit", str(usual))
    if raw.isascii() and raw.isdigit() and len(raw) < 9 and 1 <= int(raw) <= most:
        return int(raw)
    detail = f"Write a limit of 1 to {most}."
    raise CallError(400, detail, {"limit": detail})


def _caller(scope: Scope) -> ApiToken:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    token = queries.token_shown(secret.strip()) if kind.lower() == "bearer" else None
    if token is None or not token.is_valid(clock.now()):
        if secret:
            key = f"api-token:{throttle.origin(request.remote_addr)}"
            throttle.hit(key, limit=WRONG_TOKENS, window=WINDOW)
        raise CallError(401, "Show a valid token: Authorization: Bearer <token>.")
    if scope not in token.scopes:
        raise CallError(403, f"This token does not open {scope}.")
    actions.note_use(token)
    db.see(token="", staff=True)
    g.user_id = f"api:{token.id}"
    return token


@bp.errorhandler(CallError)
def _on_call(error: CallError) -> Response:
    faults = [{"field": field, "detail": text} for field, text in error.faults.items()]
    headers = _NOBODY if error.status == 401 else None
    return problem(error.status, error.detail, headers=headers, errors=faults)


@bp.errorhandler(RuleError)
def _on_rule(error: RuleError) -> Response:
    """Answer 422 for a rule that blames a field of the call; another one is a conflict."""
    detail = words_of(error)
    if error.field is None:
        return problem(error.status, detail)
    return problem(422, detail, errors=[{"field": error.field, "detail": detail}])


def words_of(error: RuleError) -> str:
    """Return a rule's sentence in the language that the call accepts; English if it says none."""
    with reading_as(request.accept_languages.best_match(LANGUAGES) or "en"):
        return error.message
