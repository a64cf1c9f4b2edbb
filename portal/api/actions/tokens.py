"""Tokens by which systems of the operator are let in."""

import secrets
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import update

from portal.accounts.models import User
from portal.api.models import ApiToken, Scope
from portal.core import audit, clock, db, ids
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l

LONGEST_LIFE = 730  # days
_STEP = timedelta(minutes=1)
_PREFIX = "kabinet_"  # lets scanners find a token that was left lying about


def open_to(
    system: str,
    *,
    scopes: Collection[Scope],
    days: int,
    speaks_for: User | None = None,
    by: User | None = None,
) -> tuple[ApiToken, str]:
    """Make a token for a system; return its row, and the token, which nobody can read again.

    `days` it is valid, at most LONGEST_LIFE. Records `api.token_made`.
    Raises RuleError (fields `scopes`, `days`, `speaks_for`) if it would open nothing, lives too
    long, or writes tickets in the name of nobody at the desk.
    """
    if not scopes:
        raise RuleError(_l("Choose what the token opens."), field="scopes")
    if not 1 <= days <= LONGEST_LIFE:
        raise RuleError(
            _l("A token is valid for 1 to %(most)s days."), field="days", most=LONGEST_LIFE
        )
    if Scope.WRITE_TICKETS in scopes and not (speaks_for and speaks_for.sees_customers):
        raise RuleError(
            _l("Name the colleague in whose name this system answers customers."),
            field="speaks_for",
        )
    secret, now = _PREFIX + secrets.token_urlsafe(32), clock.now()
    token = ApiToken(
        id=ids.uuid7(),
        system=system,
        token_hash=db.digest(secret),
        scopes=[scope.value for scope in Scope if scope in scopes],
        speaks_for_id=speaks_for.id if speaks_for else None,
        created_at=now,
        created_by_id=by.id if by else None,
        expires_at=now + timedelta(days=days),
    )
    session.add(token)
    audit.record("api.token_made", subject=token, actor=by, scopes=token.scopes)
    return token, secret


def revoke(token: ApiToken, *, by: User | None = None) -> None:
    """Let a token open nothing any more. Records `api.token_revoked`; again: nothing."""
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        audit.record("api.token_revoked", subject=token, actor=by)


def note_use(token: ApiToken) -> None:
    """Remember that a token was used, at most once a minute, whatever becomes of the call."""
    now = clock.now()
    if token.used_at is not None and now < token.used_at + _STEP:
        return
    with db.separately(token=token.token_hash) as own:
        own.execute(update(ApiToken).where(ApiToken.id == token.id).values(used_at=now))
