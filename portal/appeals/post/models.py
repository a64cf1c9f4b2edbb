"""The table of letters that came in: each once, and what became of it. The words are elsewhere."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model


class IncomingMail(Model):
    """A letter that came in. `key` is the same however often it is delivered.

    `outcome` is `appeal`, `reply`, or why a letter is not a person's (post/automatic.py).
    """

    __tablename__ = "incoming_mail"
    __table_args__ = (
        CheckConstraint(
            "outcome in ('appeal', 'reply', 'own', 'loop', 'bounce', 'automatic', 'list')",
            name="outcome_is_known",
        ),
        CheckConstraint(
            "(outcome in ('appeal', 'reply')) or appeal_id is null", name="robots_have_no_appeal"
        ),
    )

    key: Mapped[str] = mapped_column(unique=True)
    message_id: Mapped[str] = mapped_column(index=True)
    outcome: Mapped[str]
    appeal_id: Mapped[UUID | None] = mapped_column(ForeignKey("appeal.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(index=True)


class RefusedMail(Model):
    """The words of a letter that was taken for a robot's, kept for some days to look at."""

    __tablename__ = "refused_mail"

    reason: Mapped[str]
    sender: Mapped[str]
    subject: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(index=True)
    body: Mapped[str]
