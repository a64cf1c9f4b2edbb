"""Announced rises."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.catalog.models import Offering
from portal.core.db import Model


class PriceRise(Model):
    """From `from_on` a month of an offering costs `monthly` also where it runs already.

    `done_at`: when the last customer was told; `told` is to how many services it came.
    """

    __tablename__ = "price_rise"
    __table_args__ = (
        UniqueConstraint("offering_id", "from_on"),
        CheckConstraint("monthly > 0", name="price_is_a_sum"),
    )

    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"))
    monthly: Mapped[Decimal]
    from_on: Mapped[date]
    announced_at: Mapped[datetime]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    told: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]

    offering: Mapped[Offering] = relationship(lazy="raise")
    author: Mapped[User] = relationship(lazy="raise")
