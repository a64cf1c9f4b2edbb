"""What broken promises about appeals have cost."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model


class AppealCredit(Model):
    """Money (tenge) given back for a late day of a broken promise, as services told.

    `day` counts the late days, from 1.
    """

    __tablename__ = "appeal_credit"
    __table_args__ = (
        UniqueConstraint("appeal_id", "promise_kind", "cycle", "day"),
        CheckConstraint("amount > 0", name="amount_is_given"),
    )

    appeal_id: Mapped[UUID] = mapped_column(ForeignKey("appeal.id"))
    promise_kind: Mapped[str]
    cycle: Mapped[int]
    day: Mapped[int]
    amount: Mapped[Decimal]
    credited_at: Mapped[datetime]
