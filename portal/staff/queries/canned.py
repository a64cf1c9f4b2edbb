"""Reads of canned replies."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.staff.models import CannedReply

MOST_REPLIES = 60


def canned_replies() -> Sequence[CannedReply]:
    """Return all canned replies by name, MOST_REPLIES at most."""
    query = select(CannedReply).order_by(CannedReply.name, CannedReply.id)
    return session.scalars(query.limit(MOST_REPLIES)).all()


def canned_reply(reply_id: UUID) -> CannedReply:
    """Return a canned reply. Raises NotFoundError."""
    if found := session.get(CannedReply, reply_id):
        return found
    raise NotFoundError
