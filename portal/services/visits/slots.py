"""When technicians come, and until when a visit may be changed. Pure: no clock, no database.

Moments are aware UTC; days and hours are those of the operator's `zone`, by whose clock people
live: when it is moved, a slot still begins at 09:00.
Source: services.md, "Visits".
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOURS = range(9, 21, 2)
LENGTH = 2
DAYS_AHEAD = 14
CLOSES_AT = time(13)  # of the day before
REMINDS_AT = time(18)  # of the day before
RESULT_WITHIN = timedelta(hours=2)


@dataclass(frozen=True, order=True)
class Slot:
    """Two hours of a day in which a technician comes; `ends_at` is no longer a part of it."""

    starts_at: datetime
    ends_at: datetime

    @property
    def value(self) -> str:
        """Return how a form names it: `20261129T0400Z`."""
        return self.starts_at.astimezone(UTC).strftime("%Y%m%dT%H%MZ")


def slots_of(day: date, zone: ZoneInfo) -> list[Slot]:
    """Return the six slots of a day, any day of the week, in their order."""
    return [Slot(_at(day, time(h), zone), _at(day, time(h + LENGTH), zone)) for h in HOURS]


def slot_at(starts_at: datetime, zone: ZoneInfo) -> Slot | None:
    """Return the slot that begins at this very moment, or None."""
    day = starts_at.astimezone(zone).date()
    return next((slot for slot in slots_of(day, zone) if slot.starts_at == starts_at), None)


def days_ahead(today: date) -> list[date]:
    """Return the days that can be chosen on the local day `today`: the fourteen after it."""
    return [today + timedelta(days=ahead) for ahead in range(1, DAYS_AHEAD + 1)]


def change_until(starts_at: datetime, zone: ZoneInfo) -> datetime:
    """Return the last moment at which a visit is booked, moved or cancelled."""
    return _at(_day_before(starts_at, zone), CLOSES_AT, zone)


def is_changeable(starts_at: datetime, now: datetime, zone: ZoneInfo) -> bool:
    """Say whether a visit may still be changed; at 13:00 sharp it may."""
    return now <= change_until(starts_at, zone)


def is_offered(starts_at: datetime, now: datetime, zone: ZoneInfo) -> bool:
    """Say whether a slot can be chosen: within the days ahead, and its day is not closed yet."""
    day = starts_at.astimezone(zone).date()
    ahead = days_ahead(now.astimezone(zone).date())
    return day in ahead and is_changeable(starts_at, now, zone)


def remind_at(starts_at: datetime, zone: ZoneInfo) -> datetime:
    """Return when the customer is reminded: in the evening before."""
    return _at(_day_before(starts_at, zone), REMINDS_AT, zone)


def result_due_at(ends_at: datetime) -> datetime:
    """Return from when on a visit without a result counts as missed."""
    return ends_at + RESULT_WITHIN


def _day_before(starts_at: datetime, zone: ZoneInfo) -> date:
    return starts_at.astimezone(zone).date() - timedelta(days=1)


def _at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, tzinfo=zone).astimezone(UTC)
