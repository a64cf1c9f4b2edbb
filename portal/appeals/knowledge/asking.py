"""Answers that are offered while an appeal is written, and who says that one of them helped."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta

from flask import request
from flask import session as cookie

from portal.accounts.access import visitor
from portal.appeals.knowledge import queries
from portal.appeals.knowledge.models import Answer
from portal.appeals.states import AppealKind
from portal.core import throttle
from portal.core.db import digest
from portal.core.errors import ThrottledError

ACT = "answers"
_VOTER = "reader"
_PER_HOUR = 300


def is_asking() -> bool:
    """Say whether the button that looks for answers was pressed, and not the one that sends."""
    return request.form.get("act") == ACT


def offered() -> Sequence[Answer]:
    """Return answers to what is typed in the form of an appeal; none to who asks too often."""
    return _offered(request.form) if is_asking() else []


def offered_live() -> Sequence[Answer]:
    """Return answers to what is being typed."""
    return _offered(request.form)


def _offered(typed: Mapping[str, str]) -> Sequence[Answer]:
    if not may_ask():
        return []
    kind = typed.get("kind", "")
    known = kind if kind in list(AppealKind) else None
    return queries.suggestions(typed.get("subject", ""), typed.get("body", ""), kind=known)


def may_ask() -> bool:
    """Count one question of somebody who is not signed in; False beyond 300 an hour."""
    if visitor() is not None:
        return True
    try:
        who = throttle.origin(request.remote_addr)
        throttle.hit(f"answers:{who}", limit=_PER_HOUR, window=timedelta(hours=1))
    except ThrottledError:
        return False
    return True


def voter(*, make: bool) -> str:
    """Return what tells this person, or this browser, from others; "" if it has no mark yet."""
    if who := visitor():
        return digest(f"answers:{who.user.id}")
    if make and _VOTER not in cookie:
        cookie[_VOTER] = secrets.token_urlsafe(12)
    return digest(f"answers:{cookie[_VOTER]}") if _VOTER in cookie else ""
