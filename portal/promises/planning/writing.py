"""How people write hours and calendars, and back: `09:00–13:00, 14:00–18:00`. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from portal.core.errors import RuleError
from portal.core.text import _l
from portal.sla import Calendar, CalendarError

MOST_DAYS = 400
Rows = list[list[str]]

_APART = re.compile(r"\s*[,;]\s*")
_SPAN = re.compile(r"(\d{1,2})[:.](\d\d)\s*[-–—]\s*(\d{1,2})[:.](\d\d)")
_DAY = re.compile(r"(?:(\d{4})-(\d\d)-(\d\d)|(\d{1,2})\.(\d{1,2})\.(\d{4}))\s*:?\s*(.*)")


def hours_of(written: str, *, field: str) -> Rows:
    """Return the hours of a day as stored; nothing written is a day off.

    Raises RuleError (at `field`) for what is no hours, ends before it begins, or overlaps.
    """
    rows = [_span(part, field) for part in _APART.split(written.strip()) if part]
    try:
        Calendar(tz="UTC", week={0: [(a, b) for a, b in rows], 1: [("00:00", "24:00")]})
    except CalendarError as wrong:
        raise _no_hours(written, field) from wrong
    return sorted(rows)


def written_hours(rows: Iterable[Sequence[str]]) -> str:
    """Write stored hours for a form; a day off is nothing."""
    return ", ".join(f"{opens}–{closes}" for opens, closes in rows)


def exceptions_of(written: str, *, field: str = "exceptions") -> dict[str, Rows]:
    """Return the days that differ, by ISO date: a line each, `31.08.2026` or with hours behind it.

    A day without hours is a day off. Raises RuleError for a line that cannot be read, a day twice,
    or more than 400 days.
    """
    found: dict[str, Rows] = {}
    for line in written.splitlines():
        if not line.strip():
            continue
        day, hours = _day(line.strip(), field)
        if day in found:
            raise RuleError(_l("“%(line)s”: this day stands there twice."), field=field, line=line)
        found[day] = hours_of(hours, field=field)
    if len(found) > MOST_DAYS:
        raise RuleError(_l("%(most)s days are the most."), field=field, most=MOST_DAYS)
    return dict(sorted(found.items()))


def written_exceptions(exceptions: Mapping[str, Iterable[Sequence[str]]]) -> str:
    """Write the days that differ for a form, in order, a line each."""
    lines = []
    for day, rows in sorted(exceptions.items()):
        hours = written_hours(rows)
        shown = f"{date.fromisoformat(day):%d.%m.%Y}"
        lines.append(f"{shown}: {hours}" if hours else shown)
    return "\n".join(lines)


def checked_calendar(body: Mapping[str, Any]) -> None:
    """Raise RuleError (fields `tz`, `day_0`) if promises cannot be counted by a calendar.

    A week without hours never opens again once its exceptions are over.
    """
    try:
        Calendar(tz=body["tz"], week={0: [("00:00", "24:00")]})
    except CalendarError as unknown:
        raise RuleError(
            _l("There is no time zone “%(zone)s”. Write it like Asia/Almaty."),
            field="tz",
            zone=body["tz"],
        ) from unknown
    if not any(body["week"].values()):
        raise RuleError(
            _l("This calendar never opens, so nothing could ever be due. Give a day hours."),
            field="day_0",
        )


def _span(part: str, field: str) -> list[str]:
    if not (found := _SPAN.fullmatch(part)):
        raise _no_hours(part, field)
    a, b, c, d = found.groups()
    return [f"{int(a):02d}:{b}", f"{int(c):02d}:{d}"]


def _no_hours(written: str, field: str) -> RuleError:
    return RuleError(
        _l(
            "“%(hours)s”: write hours like 09:00–13:00, 14:00–18:00. Each ends after it begins, at"
            " 24:00 at the latest, and none overlap."
        ),
        field=field,
        hours=written,
    )


def _day(line: str, field: str) -> tuple[str, str]:
    if found := _DAY.fullmatch(line):
        y, m, d, d2, m2, y2, hours = found.groups()
        try:
            return date(int(y or y2), int(m or m2), int(d or d2)).isoformat(), hours
        except ValueError:
            pass
    raise RuleError(
        _l("“%(line)s”: begin each line with a day like 31.08.2026, and its hours if it has any."),
        field=field,
        line=line,
    )
