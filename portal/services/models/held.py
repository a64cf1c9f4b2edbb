"""What an account has, and what it costs beside the monthly prices."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalog.models import Offering
from portal.core.db import Model
from portal.core.text import today
from portal.services.household import Pause, Rate, Running
from portal.services.terms import Bond

_RATES = TypeAdapter(list[Rate])
_PAUSES = TypeAdapter(list[Pause])
_BOND = TypeAdapter(Bond)


class Subscription(Model):
    """An offering that an account has, at the price it was sold at.

    It is paid for from the day `started_on` until before the day `ended_on`, in local time: at
    `price` (a promotional one if `is_promo`), then at its later `rates`, less in its `pauses`.
    `rests_until` is set while the network has it at rest.
    `term_until` is the first day on which leaving is free, unless `kept_bond` is longer: the term
    of the service before, which moving up did not end.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        Index(
            "uq_subscription_running",
            "account_id",
            "offering_id",
            unique=True,
            postgresql_where=text("ended_on is null"),
        ),
        Index(
            "ix_subscription_resting",
            "rests_until",
            postgresql_where=text("rests_until is not null and ended_on is null"),
        ),
        CheckConstraint("price >= 0", name="price_is_not_negative"),
        CheckConstraint("(ended_on is null) = (ended_at is null)", name="end_is_whole"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    premises_id: Mapped[UUID | None] = mapped_column(ForeignKey("premises.id"))
    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"))
    price: Mapped[Decimal]
    started_at: Mapped[datetime]
    started_on: Mapped[date]
    ended_at: Mapped[datetime | None]
    ended_on: Mapped[date | None]
    term_until: Mapped[date | None]
    exit_fee: Mapped[Decimal] = mapped_column(default=Decimal(0))
    is_promo: Mapped[bool] = mapped_column(default=False)
    rests_until: Mapped[date | None]
    rates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    pauses: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    kept_bond: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    offering: Mapped[Offering] = relationship(lazy="raise")

    @property
    def price_today(self) -> Decimal:
        """Return what a month costs at today's rate."""
        return self.running.rate_on(today()).price

    @property
    def is_overdue(self) -> bool:
        """Tell whether the network has it at rest though it was to work again."""
        return self.rests_until is not None and self.rests_until <= today()

    @property
    def is_running(self) -> bool:
        return self.ended_on is None

    @property
    def running(self) -> Running:
        """Return it as quotes see it; its offering must be loaded."""
        return Running(
            id=self.id,
            rule=self.offering.rule,
            price=self.price,
            started_on=self.started_on,
            ended_on=self.ended_on,
            term_until=self.term_until,
            exit_fee=self.exit_fee,
            is_promo=self.is_promo,
            rates=tuple(_RATES.validate_python(self.rates)),
            pauses=tuple(_PAUSES.validate_python(self.pauses)),
            pause_rule=self.offering.pause_rule,
            is_resting=self.rests_until is not None,
            carried=self.carried,
        )

    @property
    def carried(self) -> Bond | None:
        """Return the term of the service before, which goes on."""
        return _BOND.validate_python(self.kept_bond) if self.kept_bond else None

    @carried.setter
    def carried(self, bond: Bond | None) -> None:
        self.kept_bond = _BOND.dump_python(bond, mode="json") if bond else None

    def set_prices(self, *, rates: Iterable[Rate], pauses: Iterable[Pause]) -> None:
        """Keep what its price will be, and when it rests."""
        self.rates = _RATES.dump_python(list(rates), mode="json")
        self.pauses = _PAUSES.dump_python(list(pauses), mode="json")

    def end(self, *, on: date, now: datetime) -> None:
        """End it; the day `on` is not paid any more."""
        self.ended_at = now
        self.ended_on = max(on, self.started_on)


class Charge(Model):
    """A sum of one month beside the monthly prices. `month_on` is the month's first day.

    A `billed` line, which the operator's billing sends, takes the place of the `forecast` or of
    the computed monthly line with the same reference; `said_at` is when billing said so.
    `cause` is what a compensation is for.
    """

    __tablename__ = "charge"
    __table_args__ = (
        UniqueConstraint("account_id", "reference"),
        Index("ix_charge_account_id_month_on", "account_id", "month_on"),
        CheckConstraint(
            "kind in ('monthly', 'one_time', 'early_exit', 'compensation', 'correction')",
            name="kind_is_known",
        ),
        CheckConstraint("state in ('forecast', 'billed')", name="state_is_known"),
        CheckConstraint("extract(day from month_on) = 1", name="month_is_its_first_day"),
        CheckConstraint(
            "cause is null or kind = 'compensation'"
            " and cause in ('visit_missed', 'outage', 'late_answer', 'late_repair')",
            name="cause_is_known",
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    month_on: Mapped[date]
    kind: Mapped[str]
    state: Mapped[str]
    reference: Mapped[str]
    offering_id: Mapped[UUID | None] = mapped_column(ForeignKey("offering.id"))
    amount: Mapped[Decimal]
    count: Mapped[int | None]
    price: Mapped[Decimal | None]
    cause: Mapped[str | None]
    said_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    offering: Mapped[Offering | None] = relationship(lazy="raise")
