"""Reads of places: how many there are, how many are taken, and which can be chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select

from portal.accounts.models import Premises
from portal.core.db import session
from portal.core.text import ZONE, local
from portal.services.visits.models import Area, Visit, VisitCapacity, VisitException, VisitSlot
from portal.services.visits.slots import Slot, days_ahead, is_offered, slots_of


@dataclass(frozen=True)
class Place:
    """A slot of an area: how many visits it takes, and how many it has."""

    slot: Slot
    places: int
    taken: int

    @property
    def value(self) -> str:
        return self.slot.value

    @property
    def is_free(self) -> bool:
        return self.taken < self.places


@dataclass(frozen=True)
class Offered:
    """The places of the days ahead that can be chosen at a moment, by day."""

    days: dict[date, list[Place]]

    @property
    def first_free(self) -> Slot | None:
        """Return the earliest slot that has a place, or None if all are taken."""
        places = (place for day in self.days.values() for place in day)
        return next((place.slot for place in places if place.is_free), None)


def offered_places(area: Area, now: datetime) -> Offered:
    """Return what can be chosen in an area now; no days if nobody works there. Three statements."""
    ahead = days_ahead(local(now).date())
    found = {day: places for day, places in places_of(area, ahead).items() if _is_worked(places)}
    return Offered(
        {day: open_ for day, places in found.items() if (open_ := _still_open(places, now))}
    )


def places_of(area: Area, days: Sequence[date]) -> dict[date, list[Place]]:
    """Return the six slots of each of these days with their places. Three statements."""
    weekdays = weekly_places(area)
    exceptional = exceptions_of(area, days[0], days[-1])
    slots = {day: slots_of(day, ZONE) for day in days}
    taken = _taken(area, slots[days[0]][0], slots[days[-1]][-1])
    return {
        day: [
            Place(slot, _places(day, weekdays, exceptional), taken.get(slot.starts_at, 0))
            for slot in slots[day]
        ]
        for day in days
    }


def places_on(area: Area, day: date) -> ScalarSelect[int]:
    """Return the number of an area's places on a day as SQL; 0 if nobody has set any."""
    exceptional = select(VisitException.places).where(
        in_area(VisitException, area), VisitException.day_on == day
    )
    weekly = select(VisitCapacity.places).where(
        in_area(VisitCapacity, area), VisitCapacity.weekday == day.weekday()
    )
    both = func.coalesce(exceptional.scalar_subquery(), weekly.scalar_subquery(), 0)
    return select(both).scalar_subquery()


def weekly_places(area: Area) -> dict[int, int]:
    """Return the places of each weekday (Monday is 0) that has any set."""
    rows = session.execute(
        select(VisitCapacity.weekday, VisitCapacity.places)
        .where(in_area(VisitCapacity, area))
        .order_by(VisitCapacity.weekday)
    )
    return dict(rows.all())


def exceptions_of(area: Area, since: date, until: date) -> dict[date, int]:
    """Return the places of the dates, both inclusive, that differ from their weekday."""
    rows = session.execute(
        select(VisitException.day_on, VisitException.places)
        .where(in_area(VisitException, area), VisitException.day_on.between(since, until))
        .order_by(VisitException.day_on)
    )
    return dict(rows.all())


def areas() -> list[Area]:
    """Return the areas for which places are set, by city and district."""
    rows = session.execute(
        select(VisitCapacity.city, VisitCapacity.district)
        .distinct()
        .order_by(VisitCapacity.city, VisitCapacity.district)
    )
    return [Area(city, district) for city, district in rows]


def is_worked(account_id: UUID) -> bool:
    """Say whether technicians have places in the area of a contract's address. One statement."""
    own = (
        select(VisitCapacity.id)
        .join(
            Premises,
            and_(
                Premises.city == VisitCapacity.city,
                func.coalesce(Premises.district, "") == VisitCapacity.district,
            ),
        )
        .where(Premises.account_id == account_id, VisitCapacity.places > 0)
    )
    return bool(session.scalar(select(own.exists())))


def area_of(account_id: UUID) -> Area | None:
    """Return the area of a contract's address, or None if it has no address."""
    place = session.scalar(
        select(Premises).where(Premises.account_id == account_id).order_by(Premises.id).limit(1)
    )
    return Area.of(place) if place else None


def _taken(area: Area, first: Slot, last: Slot) -> dict[datetime, int]:
    rows = session.execute(
        select(VisitSlot.starts_at, VisitSlot.taken).where(
            in_area(VisitSlot, area),
            VisitSlot.starts_at.between(first.starts_at, last.starts_at),
        )
    )
    return dict(rows.all())


def _places(day: date, weekdays: dict[int, int], exceptional: dict[date, int]) -> int:
    return exceptional.get(day, weekdays.get(day.weekday(), 0))


def _is_worked(places: list[Place]) -> bool:
    return any(place.places for place in places)


def _still_open(places: list[Place], now: datetime) -> list[Place]:
    return [place for place in places if is_offered(place.slot.starts_at, now, ZONE)]


def in_area(
    table: type[VisitCapacity | VisitException | VisitSlot | Visit], area: Area
) -> ColumnElement[bool]:
    """Return the condition that a row is of an area."""
    return and_(table.city == area.city, table.district == area.district)
