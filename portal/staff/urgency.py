"""How urgent a due time is: pure, and the same in words and in the queue's order."""

from datetime import datetime, time, timedelta
from enum import StrEnum

from portal.core import text

HOUR = timedelta(hours=1)
_LONG = timedelta(days=4)


class Urgency(StrEnum):
    """The groups of the queue, most urgent first."""

    BROKEN = "broken"
    HOUR = "hour"
    TODAY = "today"
    LATER = "later"


def urgency(due_at: datetime, now: datetime) -> Urgency:
    """Return the group of what is due at `due_at`; the moment it is due it is not yet broken."""
    if due_at < now:
        return Urgency.BROKEN
    if due_at < now + HOUR:
        return Urgency.HOUR
    return Urgency.TODAY if due_at <= end_of_day(now) else Urgency.LATER


def span(wanted: Urgency, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return the due times of a group: from the first on, before the second; None is no end."""
    soon, tomorrow = now + HOUR, end_of_day(now) + timedelta(microseconds=1)
    return {
        Urgency.BROKEN: (None, now),
        Urgency.HOUR: (now, soon),
        Urgency.TODAY: (soon, tomorrow),
        Urgency.LATER: (max(soon, tomorrow), None),
    }[wanted]


def end_of_day(now: datetime) -> datetime:
    """Return the midnight that ends the local day of `now`."""
    tomorrow = text.local(now).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), text.ZONE)


def dial(due_at: datetime, now: datetime) -> str:
    """Return the time left in hours and minutes, late with a minus; from 4 days on in days."""
    left = due_at - now
    minutes = int(abs(left).total_seconds()) // 60
    sign = "\N{MINUS SIGN}" if left < timedelta() else ""
    if minutes >= _LONG.total_seconds() // 60:
        return f"{sign}{text.left(timedelta(days=abs(left).days))}"
    return f"{sign}{minutes // 60}:{minutes % 60:02d}"


def short_due(due_at: datetime, now: datetime) -> str:
    """Return the due time as short as it stays clear: `19:30` today, else with its day."""
    day, _, at = text.deadline(due_at).partition(", ")
    return at if day == text.day(now) else f"{day}, {at}"
