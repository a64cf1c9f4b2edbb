"""Subscriptions, quotes, orders with their history, charges, and the simulator's own books."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalog.models import Offering
from portal.core.db import Model, Versioned
from portal.services import quoting
from portal.services.quoting import Act, Running, Terms
from portal.services.states import (
    CANCELLABLE,
    ENDED,
    ItemState,
    OrderState,
    check_item_step,
    check_step,
)

QUOTE_LIFE = timedelta(minutes=30)


class Subscription(Model):
    """An offering that an account has, at the price it was sold at.

    It is paid for from the day `started_on` until before the day `ended_on`, in local time.
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

    offering: Mapped[Offering] = relationship(lazy="raise")

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
        )

    def end(self, *, on: date, now: datetime) -> None:
        """End it; the day `on` is not paid any more."""
        self.ended_at = now
        self.ended_on = max(on, self.started_on)


class Quote(Model):
    """Terms that were shown to somebody: a row that is never changed.

    `act` is what was asked: `add` of the offering, or `delete` of the subscription.
    """

    __tablename__ = "quote"
    __table_args__ = (CheckConstraint("act in ('add', 'delete')", name="act_is_known"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    act: Mapped[str]
    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"))
    subscription_id: Mapped[UUID | None] = mapped_column(ForeignKey("subscription.id"))
    kept_terms: Mapped[dict[str, Any]]
    reason: Mapped[str | None]
    words: Mapped[str | None]
    ref: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    offering: Mapped[Offering] = relationship(lazy="raise")

    @property
    def terms(self) -> Terms:
        return quoting.from_json(self.kept_terms)

    def is_expired(self, now: datetime) -> bool:
        return now >= self.expires_at


class Order(Versioned, Model):
    """A request to connect or disconnect. Activation starts at `starts_at`, not before.

    `asked_name` are the names of the offering that the customer asked for.
    """

    __tablename__ = "service_order"
    __table_args__ = (
        CheckConstraint(
            "state in ('acknowledged', 'pending', 'in_progress', 'held', 'pending_cancellation',"
            " 'completed', 'partial', 'failed', 'cancelled')",
            name="state_is_known",
        ),
        Index("ix_service_order_account_id_placed_at_id", "account_id", "placed_at", "id"),
        Index(
            "ix_service_order_waiting",
            "next_try_at",
            postgresql_where=text("state in ('acknowledged', 'in_progress')"),
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    quote_id: Mapped[UUID] = mapped_column(ForeignKey("quote.id"), unique=True)
    number: Mapped[str] = mapped_column(unique=True)
    act: Mapped[str]
    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"))
    state: Mapped[str] = mapped_column(default=OrderState.ACKNOWLEDGED.value)
    placed_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    placed_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    needs_technician: Mapped[bool]
    tries: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None]
    ref: Mapped[str | None]

    offering: Mapped[Offering] = relationship(lazy="raise")
    items: Mapped[list["OrderItem"]] = relationship(
        back_populates="order", lazy="raise", order_by="OrderItem.position"
    )
    history: Mapped[list["OrderStep"]] = relationship(
        back_populates="order", lazy="raise", order_by="OrderStep.position"
    )

    @property
    def is_ended(self) -> bool:
        return OrderState(self.state) in ENDED

    def is_cancellable(self, now: datetime) -> bool:
        """Say whether the customer may still cancel: nothing has been started in the network."""
        waits = self.state == OrderState.PENDING or now < self.starts_at
        return OrderState(self.state) in CANCELLABLE and waits

    def go(
        self, wanted: OrderState, *, now: datetime, by: UUID | None = None, note: str | None = None
    ) -> None:
        """Take one allowed step and write it down. Its history must be loaded.

        Raises RuleError if the present state does not allow it.
        """
        check_step(OrderState(self.state), wanted)
        self.state = wanted.value
        if wanted in ENDED:
            self.ended_at = now
        self.note(now=now, by=by, note=note)

    def note(self, *, now: datetime, by: UUID | None = None, note: str | None = None) -> None:
        """Add the present state to the history."""
        step = OrderStep(
            account_id=self.account_id,
            position=len(self.history) + 1,
            state=self.state,
            at=now,
            by_id=by,
            note=note,
        )
        self.history.append(step)


class OrderItem(Model):
    """One change of an order. Its id is the reference that the network knows it by."""

    __tablename__ = "order_item"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("act in ('add', 'delete')", name="act_is_known"),
        CheckConstraint(
            "state in ('acknowledged', 'in_progress', 'completed', 'failed', 'undone',"
            " 'kept', 'cancelled')",
            name="state_is_known",
        ),
        Index("ix_order_item_account_id_state", "account_id", "state"),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("service_order.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    position: Mapped[int]
    act: Mapped[str]
    cause: Mapped[str]
    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"))
    subscription_id: Mapped[UUID | None] = mapped_column(ForeignKey("subscription.id"))
    price: Mapped[Decimal]
    state: Mapped[str] = mapped_column(default=ItemState.ACKNOWLEDGED.value)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship(back_populates="items", lazy="raise")
    offering: Mapped[Offering] = relationship(lazy="raise")

    @property
    def is_addition(self) -> bool:
        return self.act == Act.ADD

    def go(self, wanted: ItemState, *, now: datetime) -> None:
        """Take one allowed step."""
        check_item_step(ItemState(self.state), wanted)
        self.state = wanted.value
        if wanted is ItemState.IN_PROGRESS:
            self.started_at = now
        else:
            self.finished_at = now


class OrderStep(Model):
    """One line of an order's history: which state, when, by whom (None: by itself), why."""

    __tablename__ = "order_step"
    __table_args__ = (UniqueConstraint("order_id", "position"),)

    order_id: Mapped[UUID] = mapped_column(ForeignKey("service_order.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    position: Mapped[int]
    state: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    note: Mapped[str | None]

    order: Mapped[Order] = relationship(back_populates="history", lazy="raise")


class Charge(Model):
    """A sum of one month beside the monthly prices. `month_on` is the month's first day.

    A `billed` line, which the operator's billing sends, takes the place of the `forecast` or of
    the computed monthly line with the same reference.
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
    created_at: Mapped[datetime]

    offering: Mapped[Offering | None] = relationship(lazy="raise")


class NetworkEntry(Model):
    """What the simulated network did, in its own books: one row for each reference it was given.

    `calls` counts how often it was asked for the same; it did it once.
    """

    __tablename__ = "network_entry"

    reference: Mapped[str] = mapped_column(unique=True)
    operation: Mapped[str]
    service: Mapped[str] = mapped_column(index=True)
    is_done: Mapped[bool]
    reason: Mapped[str | None]
    calls: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class NetworkHabit(Model):
    """How the simulated network treats an offering: it waits, refuses, or loses its answers.

    `refusal` is the reason with which the operation `refused` is answered; None: never.
    """

    __tablename__ = "network_habit"
    __table_args__ = (
        CheckConstraint("delay_ms between 0 and 60000", name="delay_is_short"),
        CheckConstraint("refused in ('activate', 'deactivate')", name="refused_is_known"),
    )

    offering_code: Mapped[str] = mapped_column(unique=True)
    delay_ms: Mapped[int] = mapped_column(default=0)
    refusal: Mapped[str | None]
    refused: Mapped[str] = mapped_column(default="activate")
    lost_answers: Mapped[int] = mapped_column(default=0)
