"""Visits, how many technicians there are, and how many places are taken."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Premises
from portal.core.db import Model
from portal.services.models import Order
from portal.services.visits.slots import Slot
from portal.services.visits.states import VisitState, check_step

MOST_PLACES = 50


class Area(NamedTuple):
    """Where a team of technicians works: a city, and a district of it ("" for the whole city)."""

    city: str
    district: str = ""

    @classmethod
    def of(cls, premises: Premises) -> "Area":
        """Return the area of an address."""
        return cls(premises.city, premises.district or "")


class VisitCapacity(Model):
    """How many visits each slot of a weekday (Monday is 0) takes in an area."""

    __tablename__ = "visit_capacity"
    __table_args__ = (
        UniqueConstraint("city", "district", "weekday"),
        CheckConstraint("weekday between 0 and 6", name="weekday_is_one"),
        CheckConstraint("places between 0 and 50", name="places_are_possible"),
    )

    city: Mapped[str]
    district: Mapped[str]
    weekday: Mapped[int]
    places: Mapped[int]


class VisitException(Model):
    """How many visits each slot of one date takes in an area, whatever its weekday says."""

    __tablename__ = "visit_exception"
    __table_args__ = (
        UniqueConstraint("city", "district", "day_on"),
        CheckConstraint("places between 0 and 50", name="places_are_possible"),
    )

    city: Mapped[str]
    district: Mapped[str]
    day_on: Mapped[date]
    places: Mapped[int]


class VisitSlot(Model):
    """How many places of a slot are taken: the one row that two buyers of the last one meet at."""

    __tablename__ = "visit_slot"
    __table_args__ = (
        UniqueConstraint("city", "district", "starts_at"),
        CheckConstraint("taken >= 0", name="taken_is_counted"),
    )

    city: Mapped[str]
    district: Mapped[str]
    starts_at: Mapped[datetime]
    taken: Mapped[int]


class Visit(Model):
    """A technician's appointment for an order.

    `sequence` counts its changes, for calendars; `remind_at` is None once that is done.
    `obstacle` says why it could not be done, `words` what the technician added.
    """

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint(
            "state in ('booked', 'done', 'not_home', 'impossible', 'missed', 'cancelled')",
            name="state_is_known",
        ),
        CheckConstraint("ends_at > starts_at", name="time_is_whole"),
        CheckConstraint("(state = 'booked') = (ended_at is null)", name="end_has_time"),
        CheckConstraint("(state = 'impossible') = (obstacle is not null)", name="reason_is_told"),
        Index(
            "uq_visit_booked", "order_id", unique=True, postgresql_where=text("state = 'booked'")
        ),
        Index("ix_visit_order_id_id", "order_id", "id"),
        Index("ix_visit_account_id", "account_id"),
        Index("ix_visit_place", "city", "district", "starts_at", "id"),
        Index("ix_visit_waiting", "ends_at", "id", postgresql_where=text("state = 'booked'")),
        Index(
            "ix_visit_reminding", "remind_at", "id", postgresql_where=text("remind_at is not null")
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    order_id: Mapped[UUID] = mapped_column(ForeignKey("service_order.id"))
    city: Mapped[str]
    district: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=VisitState.BOOKED.value)
    sequence: Mapped[int] = mapped_column(default=0)
    booked_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    booked_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    remind_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    result_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    obstacle: Mapped[str | None]
    words: Mapped[str | None]

    order: Mapped[Order] = relationship(lazy="raise")

    @property
    def area(self) -> Area:
        return Area(self.city, self.district)

    @property
    def slot(self) -> Slot:
        return Slot(self.starts_at, self.ends_at)

    @property
    def is_booked(self) -> bool:
        return self.state == VisitState.BOOKED

    def move(self, slot: Slot, *, remind_at: datetime, now: datetime) -> None:
        """Come at another time."""
        self.starts_at, self.ends_at = slot.starts_at, slot.ends_at
        self.sequence += 1
        self.remind_at, self.changed_at = remind_at, now

    def go(self, wanted: VisitState, *, now: datetime, by: UUID | None = None) -> None:
        """End it. Raises RuleError if its present state does not allow that."""
        check_step(VisitState(self.state), wanted)
        self.state = wanted.value
        self.sequence += 1
        self.remind_at, self.changed_at, self.ended_at = None, now, now
        self.result_by_id = by
