"""What the operator's billing said, and which of its lines could not be used."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model


class BillingImport(Model):
    """One run over a feed. Without `ended_at` it still runs, or was interrupted.

    `taken` lines changed something, `known` were known already or older than what is known.
    """

    __tablename__ = "billing_import"
    __table_args__ = (Index("ix_billing_import_started_at_id", "started_at", "id"),)

    source: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    taken: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)


class BillingRefusal(Model):
    """A line that could not be used: its number from 1, why, where, and as it came."""

    __tablename__ = "billing_refusal"
    __table_args__ = (
        UniqueConstraint("import_id", "line"),
        CheckConstraint(
            "fault in ('no_object', 'no_contract', 'missing', 'unknown', 'wrong', 'conflict')",
            name="fault_is_known",
        ),
    )

    import_id: Mapped[UUID] = mapped_column(ForeignKey("billing_import.id"))
    line: Mapped[int]
    fault: Mapped[str]
    field: Mapped[str]
    kept_line: Mapped[str]
