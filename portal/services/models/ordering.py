"""Quotes, and orders with their items and history."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.catalog.models import Offering
from portal.core.db import Model, Versioned
from portal.services import changes
from portal.services.changes import Act, Change, Terms, Wish
from portal.services.states import (
    CANCELLABLE,
    ENDED,
    ItemState,
    OrderState,
    check_item_step,
    check_step,
)

QUOTE_LIFE = timedelta(minutes=30)


class Quote(Model):
    """Terms that were shown to somebody: a row that is never changed.

    `kept_wish` is what was asked; `act`, `offering` (the first of several) and `subscription_id`
    are the gist of it.
    """

    __tablename__ = "quote"
    __table_args__ = (
        CheckConstraint("act in ('add', 'modify', 'delete')", name="act_is_known"),
        Index("ix_quote_leaving", "created_at", "id", postgresql_where=text("act = 'delete'")),
        Index(
            "ix_quote_subscription_id",
            "subscription_id",
            postgresql_where=text("act = 'delete'"),
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    act: Mapped[str]
    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"))
    subscription_id: Mapped[UUID | None] = mapped_column(ForeignKey("subscription.id"))
    kept_wish: Mapped[dict[str, Any]]
    kept_terms: Mapped[dict[str, Any]]
    reason: Mapped[str | None]
    words: Mapped[str | None]
    ref: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    offering: Mapped[Offering] = relationship(lazy="raise")

    @property
    def terms(self) -> Terms:
        return changes.from_json(self.kept_terms)

    @property
    def wish(self) -> Wish:
        return changes.wish_from_json(self.kept_wish)

    def is_expired(self, now: datetime) -> bool:
        return now >= self.expires_at


class Order(Versioned, Model):
    """A request to connect, change or disconnect. Activation starts at `starts_at`, not before.

    `offering` is the first that was asked for. What was promised holds from `effective_on`: where a
    technician comes first, that is the day for which he is booked, and then the day of his visit.
    `spending` is what it counts towards the limit of whoever placed it. `told_late_at` is when
    people were told that the network takes long.
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
            postgresql_where=text(
                "state in ('acknowledged', 'in_progress', 'pending_cancellation')"
            ),
        ),
        Index(
            "ix_service_order_at_network",
            "state",
            "starts_at",
            postgresql_where=text("state in ('in_progress', 'held', 'pending_cancellation')"),
        ),
        Index(
            "ix_service_order_at_desk",
            "state",
            "placed_at",
            "id",
            postgresql_where=text("state in ('pending', 'held', 'pending_cancellation')"),
        ),
        Index(
            "ix_service_order_left",
            "ended_at",
            postgresql_where=text("act = 'delete' and state = 'completed'"),
        ),
        CheckConstraint("spending >= 0", name="spending_is_not_negative"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    quote_id: Mapped[UUID] = mapped_column(ForeignKey("quote.id"), unique=True)
    number: Mapped[str] = mapped_column(unique=True)
    act: Mapped[str]
    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"))
    state: Mapped[str] = mapped_column(default=OrderState.ACKNOWLEDGED.value)
    placed_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    placed_at: Mapped[datetime]
    effective_on: Mapped[date]
    starts_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    needs_technician: Mapped[bool]
    tries: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None]
    told_late_at: Mapped[datetime | None]
    spending: Mapped[Decimal] = mapped_column(default=Decimal(0))
    ref: Mapped[str | None]

    offering: Mapped[Offering] = relationship(lazy="raise")
    quote: Mapped[Quote] = relationship(lazy="raise")
    items: Mapped[list["OrderItem"]] = relationship(
        back_populates="order", lazy="raise", order_by="OrderItem.position"
    )
    history: Mapped[list["OrderStep"]] = relationship(
        back_populates="order", lazy="raise", order_by="OrderStep.position"
    )

    @property
    def is_ended(self) -> bool:
        return OrderState(self.state) in ENDED

    @property
    def change(self) -> Change | None:
        """Return what the first item modifies; its items must be loaded."""
        return Change(self.items[0].change) if self.items[0].change else None

    def day(self, today: date) -> date:
        """Return the day from which it holds, or will: today at the soonest while it waits."""
        waits = self.state == OrderState.PENDING
        return max(self.effective_on, today) if waits else self.effective_on

    def is_planned(self, now: datetime) -> bool:
        """Say whether it waits for its day: it may be undone until then."""
        return self.state == OrderState.ACKNOWLEDGED and now < self.starts_at

    def is_cancellable(self, now: datetime) -> bool:
        """Say whether the customer may cancel: nothing was started, or the network holds it."""
        waits = self.state in {OrderState.PENDING, OrderState.HELD} or now < self.starts_at
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
        CheckConstraint("act in ('add', 'modify', 'delete')", name="act_is_known"),
        CheckConstraint(
            "(act = 'modify') = (change is not null) and change in ('pause', 'resume')",
            name="change_is_known",
        ),
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
    change: Mapped[str | None]
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
    def code(self) -> str:
        """Return the code of its offering, which must be loaded."""
        return self.offering.code

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
    by: Mapped[User | None] = relationship(lazy="raise")
