"""A form that is sent twice acts once: the second press gets the first answer.

Somebody who goes back, changes the form and sends it again means something new: what was typed
belongs to the submission's id.
"""

import hashlib
from uuid import UUID, uuid5

from flask import Response, make_response, redirect, request
from flask import session as cookie
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.core import clock

FIELD = "submission_id"
PASSED = {FIELD, "csrf_token"}
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


def answer_again(session: Session) -> Response | None:
    """Claim the form's id. Returns the first answer if the form came before, else None.

    Two presses at once: the second waits here for the first one's commit or rollback.
    """
    if (sent := _sent_id()) is None:
        return None
    holder = _holder()
    claimed = session.scalar(_CLAIM, {"id": sent, "holder": holder, "now": clock.now()})
    if claimed:
        return None
    location = session.scalar(_RECALL, {"id": sent, "holder": holder})
    session.rollback()
    return make_response(redirect(location or request.path, 303))


def remember(session: Session, response: Response) -> None:
    """Keep where the first answer led."""
    if (sent := _sent_id()) is not None:
        session.execute(_REMEMBER, {"id": sent, "location": response.location})
