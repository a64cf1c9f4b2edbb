"""Reads of tokens and webhooks. For staff's sessions, but for a token that is shown itself."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import User
from portal.api.models import ApiToken
from portal.core import db
from portal.core.db import session
from portal.core.errors import NotFoundError


def token_shown(secret: str) -> ApiToken | None:
    """Return the token that somebody shows, or None. Names it to row-level security."""
    digest = db.digest(secret)
    db.see(token=digest)
    return session.scalar(select(ApiToken).where(ApiToken.token_hash == digest))


def token_of(token_id: UUID) -> ApiToken:
    """Return a token. Raises NotFoundError."""
    if found := session.get(ApiToken, token_id):
        return found
    raise NotFoundError


def tokens(*, most: int = 100) -> Sequence[ApiToken]:
    """Return the tokens with those they speak for, newest first; those that count no more too."""
    query = select(ApiToken).options(joinedload(ApiToken.speaks_for))
    return session.scalars(query.order_by(ApiToken.id.desc()).limit(most)).all()


def colleague(email: str) -> User | None:
    """Return the member of staff with this e-mail address, or None."""
    query = select(User).where(User.email == email.strip().lower(), User.staff_role.is_not(None))
    return session.scalar(query)
