"""Tables of the desk: what waits, the canned replies, and answers to many at once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.appeals.models import Appeal
from portal.core.db import Model, Versioned


class QueueEntry(Model):
    """An appeal that waits, and when its next promise is due; `id` is the appeal's.

    Triggers keep it beside `appeal` and `promise`: nobody else writes here.
    """

    __tablename__ = "queue_entry"
    __table_args__ = (
        Index("ix_queue_entry_due_at", "due_at", "id"),
        *(
            Index(f"ix_queue_entry_{column}", column, "due_at", "id")
            for column in ("kind", "channel", "state", "language", "assignee_id")
        ),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("appeal.id"), primary_key=True)
    promise_id: Mapped[UUID]
    due_at: Mapped[datetime]
    kind: Mapped[str]
    channel: Mapped[str]
    state: Mapped[str]
    language: Mapped[str]
    assignee_id: Mapped[UUID | None]


class CannedReply(Versioned, Model):
    """A text that is often sent, in each language (`texts`: kk, ru, en), with fields."""

    __tablename__ = "canned_reply"

    name: Mapped[str] = mapped_column(unique=True)
    texts: Mapped[dict[str, str]]


class BulkAnswer(Model):
    """One text for many appeals, in each language or the same in all (`texts`); sent by a job."""

    __tablename__ = "bulk_answer"

    by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str]
    texts: Mapped[dict[str, str]]
    promised_at: Mapped[datetime | None]
    reason: Mapped[str]
    created_at: Mapped[datetime]


class BulkAnswerItem(Model):
    """One appeal of many: done, or refused with the sentence why."""

    __tablename__ = "bulk_answer_item"
    __table_args__ = (
        UniqueConstraint("bulk_id", "appeal_id", name="uq_bulk_answer_item_bulk_id_appeal_id"),
        CheckConstraint("refusal is null or done_at is not null", name="refusal_has_time"),
    )

    bulk_id: Mapped[UUID] = mapped_column(ForeignKey("bulk_answer.id"))
    appeal_id: Mapped[UUID] = mapped_column(ForeignKey("appeal.id"))
    done_at: Mapped[datetime | None]
    refusal: Mapped[str | None]

    appeal: Mapped[Appeal] = relationship(lazy="raise")
