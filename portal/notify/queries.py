"""A person's inbox, and what stands behind the bell."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal.accounts.models import User
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.paging import Page, page_of
from portal.notify.models import Notification

COUNTED_AT_MOST = 100
SHOWN_AT_THE_BELL = 3


def notification_of(user: User, notification_id: UUID) -> Notification:
    """Return a notification of this user. Raises NotFoundError for anyone else's."""
    own = select(Notification).where(
        Notification.id == notification_id, Notification.user_id == user.id
    )
    if notification := session.scalar(own):
        return notification
    raise NotFoundError


def inbox(user: User, *, after: str | None = None) -> Page[Notification]:
    """Return a page of the user's notifications, newest first."""
    own = select(Notification).where(Notification.user_id == user.id)
    return page_of(own, Notification.created_at, Notification.id, after=after)


def unread(user: User) -> tuple[int, Sequence[Notification]]:
    """Return how many are unread (counted to 100) and the newest three of them. One statement."""
    newest = (
        select(Notification)
        .where(Notification.user_id == user.id, Notification.read_at.is_(None))
        .order_by(Notification.created_at.desc(), Notification.id.desc())
        .limit(COUNTED_AT_MOST)
        .subquery()
    )
    shown = aliased(Notification, newest)
    rows = session.execute(
        select(shown, func.count().over())
        .order_by(shown.created_at.desc(), shown.id.desc())
        .limit(SHOWN_AT_THE_BELL)
    ).all()
    return (rows[0][1] if rows else 0), [row[0] for row in rows]
