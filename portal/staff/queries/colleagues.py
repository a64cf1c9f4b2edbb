"""Reads of who works at the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from portal.accounts.models import User
from portal.appeals.actions.desk import WORKS_AT_DESK
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.staff.models import QueueEntry
from portal.staff.queries.queue import MOST_COUNTED, in_short

_MOST = 300


@dataclass(frozen=True)
class Load:
    """A colleague and how many appeals wait for him, in short."""

    user: User
    waiting: str
    broken: str


def colleagues() -> Sequence[User]:
    """Return who works at the desk, by name; 300 at most."""
    query = select(User).where(User.staff_role.in_(WORKS_AT_DESK), User.disabled_at.is_(None))
    return session.scalars(query.order_by(User.name, User.id).limit(_MOST)).all()


def colleague(user_id: UUID | None) -> User:
    """Return a user of the staff. Raises RuleError (field `to_id`) if there is none."""
    found = session.get(User, user_id) if user_id else None
    if found is None or not found.is_staff:
        raise RuleError(_l("Choose a colleague."), field="to_id")
    return found


def loads_by_colleague(now: datetime) -> Sequence[Load]:
    """Return who works at the desk and what waits for each, by name: counts, no ranking.

    One statement; it looks at no more than 100 rows for each number.
    """
    mine = (
        select(QueueEntry.id)
        .where(QueueEntry.assignee_id == User.id)
        .order_by(QueueEntry.due_at, QueueEntry.id)  # The order keeps it on the index.
        .correlate(User)
    )
    waiting = mine.limit(MOST_COUNTED).subquery().lateral()
    broken = mine.where(QueueEntry.due_at < now).limit(MOST_COUNTED).subquery().lateral()
    rows = session.execute(
        select(
            User,
            select(func.count()).select_from(waiting).scalar_subquery(),
            select(func.count()).select_from(broken).scalar_subquery(),
        )
        .where(User.staff_role.in_(WORKS_AT_DESK), User.disabled_at.is_(None))
        .order_by(User.name, User.id)
        .limit(_MOST)
    )
    return [Load(user, in_short(all_), in_short(late)) for user, all_, late in rows]
