"""What was sent to whom."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.db import Model
from portal.news.models.readers import CHANNEL_IS_KNOWN


class DeliveryState(StrEnum):
    """What became of one copy of an issue."""

    QUEUED = "queued"
    IN_FLIGHT = "in_flight"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Delivery(Model):
    """One copy of an issue for one reader: the ledger of a mailing.

    `sender` is the number of the job that has it in hand; `retry_at` when it may be tried again.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("issue_id", "user_id", "channel"),
        CheckConstraint(CHANNEL_IS_KNOWN, name="channel_is_known"),
        CheckConstraint(
            "state in ('queued', 'in_flight', 'sent', 'uncertain', 'failed', 'withdrawn')",
            name="state_is_known",
        ),
        Index("ix_delivery_issue_id_state", "issue_id", "state"),
        Index("ix_delivery_waiting", "issue_id", "id", postgresql_where=text("state = 'queued'")),
    )

    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issue.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    channel: Mapped[str]
    state: Mapped[str]
    sender: Mapped[int | None] = mapped_column(SmallInteger)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    retry_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    reason: Mapped[str | None]

    user: Mapped[User] = relationship(lazy="raise")
