"""Free days: the public holidays, as the calendar of office hours names them.

A day is free if the version in force on that day has it as a day without hours. A day with hours,
such as a Saturday that is worked, is none. So nothing changes at a midnight, and what is released
for next month changes nothing of this one.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date
from typing import Any

from portal.sla.kazakhstan import DAYS_OFF, days_off

CALENDAR = "office"
YEARS = range(2000, 2100)  # A slip of the pen in a year is no reason for a bitmap of ages.
BUILT_IN = frozenset(days_off(*DAYS_OFF))
VERSIONS = """
    select min(p.since_on), c.body -> 'exceptions' from promise_policy as p
    join sla_calendar as c
        on c.name = 'office' and c.version = cast(p.calendars ->> c.name as integer)
    group by c.version, c.body order by c.version
"""
"""What `free_days` takes, for the portal and for nodes."""

_Version = tuple[date, Set[date]]


def free_days(versions: Iterable[tuple[date, Mapping[str, Any] | None]]) -> set[date]:
    """Return the free days by the calendar's versions: (in force from, days that differ).

    Versions come as they were released; the first one counts for what was before, too. A year of
    which the version in force names no day off is as the built-in table says.
    """
    known = [(since, _days_off(differing or {})) for since, differing in versions]
    candidates = BUILT_IN.union(*(days for _since, days in known))
    return {day for day in candidates if _is_free(day, known)}


def _days_off(differing: Mapping[str, Any]) -> set[date]:
    days = (date.fromisoformat(day) for day, hours in differing.items() if not hours)
    return {day for day in days if day.year in YEARS}


def _is_free(day: date, known: Sequence[_Version]) -> bool:
    named = next((days for since, days in reversed(known) if since <= day), None)
    if named is None:
        named = known[0][1] if known else set()
    return day in (named if any(each.year == day.year for each in named) else BUILT_IN)
