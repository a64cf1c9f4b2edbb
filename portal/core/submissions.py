"""A form that is sent twice acts once: the second press gets the first answer.

Somebody who goes back, changes the form and sends it again means something new: what was typed
belongs to the submission's id.
"""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any, cast
from uuid import UUID, uuid5

from flask import Response, make_response, redirect, request
from flask import session as cookie
from psycopg.errors import LockNotAvailable
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.core import clock

Separately = Callable[[], AbstractContextManager[Session]]
FIELD = "submission_id"
PASSED = {FIELD, "csrf_token"}
_MORE_TRIES = 5  # each as long as lock_timeout
_CLAIM = text(
    "insert into submission (id, holder, created_at) values (:id, :holder, :now)"
    " on conflict (id) do nothing returning id"
)
_REMEMBER = text("update submission set location = :location where id = :id")
_RECALL = text("select location from submission where id = :id and holder = :holder")


def _holder() -> str:
    """Name the browser that sends the form: nobody else can ask for its answer."""
    held = str(cookie.get("_user_id") or cookie.get("csrf_token") or "")
    return hashlib.sha256(held.encode()).hexdigest()


def _sent_id() -> UUID | None:
    if request.method != "POST":
        return None
    try:
        return uuid5(UUID(request.form.get(FIELD, "")), _content())
    except ValueError:
        return None


def _content() -> str:
    """Return the digest of what the form says, and where; the token is not a part of it."""
    typed = sorted(
        (name, value) for name, value in request.form.items(multi=True) if name not in PASSED
    )
    files = [request.content_length, *sorted(request.files)] if request.files else []
    return hashlib.sha256(repr((request.path, typed, files)).encode()).hexdigest()


def answer_again(session: Session, separately: Separately) -> Response | None:
    """Claim the form's id. Returns the first answer if the form came before, else None.

    Two presses at once: the second waits for the first one's commit or rollback. Past the
    database's lock_timeout it waits on `separately`, for about ten seconds more.
    """
    if (sent := _sent_id()) is None:
        return None
    claim = {"id": sent, "holder": _holder(), "now": clock.now()}
    try:
        if session.scalar(_CLAIM, claim):
            return None
        location = session.scalar(_RECALL, claim)
        session.rollback()
    except OperationalError as error:
        if not isinstance(error.orig, LockNotAvailable):
            raise
        session.rollback()
        location = _wait_for_first(claim, separately, error)
    return make_response(redirect(location or request.path, 303))


def _wait_for_first(
    claim: dict[str, Any], separately: Separately, error: OperationalError
) -> str | None:
    """Return where the first press led. Raises `error` if it failed, or goes on for too long."""
    for _try in range(_MORE_TRIES):
        with suppress(OperationalError), separately() as own:
            if own.scalar(_CLAIM, claim):
                own.rollback()
                break
            return cast("str | None", own.scalar(_RECALL, claim))
    raise error


def remember(session: Session, response: Response) -> None:
    """Keep where the first answer led."""
    if (sent := _sent_id()) is not None:
        session.execute(_REMEMBER, {"id": sent, "location": response.location})
