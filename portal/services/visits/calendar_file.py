"""A visit as a file for calendars.

Source: RFC 5545; the UID stays and the SEQUENCE rises with each change (3.8.7.4), so that a
calendar replaces what it has.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from portal.core.text import ZONE, _l, translate
from portal.services.visits.models import Visit
from portal.services.visits.states import VisitState

MEDIA_TYPE = "text/calendar"
FILE_NAME = "visit.ics"
_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Around:
    """What a file says beside the visit: the service's name, the address, links, the operator."""

    service: str
    address: str
    url: str
    domain: str
    operator: str


def calendar_file(visit: Visit, around: Around, *, now: datetime) -> bytes:
    """Return the file (UTF-8) in the reader's language, as of `now`; the order must be loaded."""
    calendar = Calendar()
    calendar.add("prodid", "-//Kabinet//Visits//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method_of(visit))
    calendar.add_component(_event(visit, around, now))
    begin = visit.starts_at.astimezone(ZONE).date()
    calendar.add_missing_timezones(begin - _YEAR, begin + _YEAR)
    written: bytes = calendar.to_ical()
    return written


def method_of(visit: Visit) -> str:
    """Return what a calendar is to do with the file. Source: RFC 5546, 3.2.1 and 3.2.5."""
    return "CANCEL" if visit.state == VisitState.CANCELLED else "PUBLISH"


def uid_of(visit: Visit, domain: str) -> str:
    """Return the name under which every calendar knows the visit, whatever becomes of it."""
    return f"visit-{visit.id}@{domain}"


def _event(visit: Visit, around: Around, now: datetime) -> Event:
    event = Event()
    event.add("uid", uid_of(visit, around.domain))
    event.add("sequence", visit.sequence)
    event.add("dtstamp", now)
    event.add("last-modified", visit.changed_at)
    event.add("dtstart", visit.starts_at.astimezone(ZONE))
    event.add("dtend", visit.ends_at.astimezone(ZONE))
    event.add("status", "CANCELLED" if visit.state == VisitState.CANCELLED else "CONFIRMED")
    event.add(
        "summary",
        translate(_l("Technician of %(operator)s: %(service)s"), **_names(around)),
    )
    event.add(
        "description",
        translate(_l("Order %(number)s. Somebody should be at home."), number=visit.order.number),
    )
    event.add("location", around.address)
    event.add("url", around.url)
    return event


def _names(around: Around) -> dict[str, str]:
    return {"operator": around.operator, "service": around.service}
