"""Reads of answers to many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from portal.appeals.models import Appeal
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.staff.models import BulkAnswer, BulkAnswerItem

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Progress:
    """How far an answer to many has come: of `total` so many are `done`, some of them `refused`."""

    total: int
    done: int
    refused: Sequence[BulkAnswerItem]

    @property
    def sent(self) -> int:
        return self.done - len(self.refused)

    @property
    def is_over(self) -> bool:
        return self.done == self.total

    @property
    def percent(self) -> int:
        return 100 * self.done // max(self.total, 1)


def bulk_answer(bulk_id: UUID) -> BulkAnswer:
    """Return an answer to many. Raises NotFoundError."""
    if found := session.get(BulkAnswer, bulk_id):
        return found
    raise NotFoundError


def progress_of(bulk: BulkAnswer) -> Progress:
    """Return how far it has come, with the refused appeals. One statement."""
    items = session.scalars(
        select(BulkAnswerItem)
        .join(BulkAnswerItem.appeal)
        .options(contains_eager(BulkAnswerItem.appeal))
        .where(BulkAnswerItem.bulk_id == bulk.id)
        .order_by(BulkAnswerItem.id)
    ).all()
    done = [item for item in items if item.done_at]
    return Progress(len(items), len(done), [item for item in done if item.refusal])


def next_item(bulk_id: UUID) -> BulkAnswerItem | None:
    """Return what nobody has sent and nobody is sending just now, locked; None: nothing is left."""
    return session.scalar(
        select(BulkAnswerItem)
        .where(BulkAnswerItem.bulk_id == bulk_id, BulkAnswerItem.done_at.is_(None))
        .order_by(BulkAnswerItem.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def linked_with(appeal: Appeal) -> Sequence[Appeal]:
    """Return the appeals about the same thing, the first one at the head; MOST_AT_ONCE at most."""
    root = appeal.duplicate_of_id or appeal.id
    query = select(Appeal).where((Appeal.id == root) | (Appeal.duplicate_of_id == root))
    others = query.where(Appeal.id != appeal.id).order_by(Appeal.id).limit(MOST_AT_ONCE)
    return session.scalars(others).all()
