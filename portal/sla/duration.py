"""Working time between instants, and the instant at which an amount of it has passed."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import overload

from portal.sla.calendar import Calendar, CalendarError, Interval

Pauses = Sequence[Interval]

_ZERO = timedelta()
_DAY = timedelta(days=1)


@overload
def due_at(
    start: datetime, *, duration: timedelta, calendar: Calendar, pauses: Pauses = ()
) -> datetime: ...
@overload
def due_at(
    start: datetime,
    *,
    working_days: int,
    calendar: Calendar,
    end_of_day: bool = False,
    pauses: Pauses = (),
) -> datetime: ...
def due_at(
    start: datetime,
    *,
    calendar: Calendar,
    duration: timedelta | None = None,
    working_days: int | None = None,
    end_of_day: bool = False,
    pauses: Pauses = (),
) -> datetime:
    """Return the UTC instant at which an amount of working time after `start` has passed.

    `duration`: the earliest instant with that much working time since `start`, pauses left out; one
    that falls on closing time stays there. Zero is `start` itself; a negative one counts backwards.
    `working_days`: the same clock time (or, with `end_of_day`, 24:00) of the n-th working day after
    the day of `start`; zero is that day itself, a negative one counts backwards. Working time that
    was paused is added after it.
    Raises ValueError for naive datetimes, a pause that ends before it begins, and time that the
    calendar does not have.
    """
    start, paused = _utc(start), _merged(pauses)
    if (duration is None) == (working_days is None):
        raise TypeError("give either a duration or working_days")
    if duration is not None:
        if end_of_day:
            raise TypeError("end_of_day belongs to working_days")
        return _after(start, duration, calendar, paused)
    days = working_days or 0
    base = _nth_day(start, days, calendar, end_of_day=end_of_day)
    return _after(base, _paused_time(start, base, calendar, paused), calendar, paused)


def elapsed(
    start: datetime, end: datetime, *, calendar: Calendar, pauses: Pauses = ()
) -> timedelta:
    """Return the working time from `start` to `end` without pauses; negative backwards."""
    start, end, paused = _utc(start), _utc(end), _merged(pauses)
    if end < start:
        return -_worked(end, start, calendar, paused)
    return _worked(start, end, calendar, paused)


def working_intervals(
    start: datetime, end: datetime, *, calendar: Calendar, pauses: Pauses = ()
) -> Iterator[Interval]:
    """Yield the intervals of working time between two instants in order, pauses cut out.

    Intervals that touch (midnight of a round-the-clock calendar) come as one.
    """
    joined: Interval | None = None
    for begin, until in _pieces(_utc(start), _utc(end), calendar, _merged(pauses)):
        if joined and joined[1] == begin:
            joined = (joined[0], until)
            continue
        if joined:
            yield joined
        joined = (begin, until)
    if joined:
        yield joined


def _after(start: datetime, amount: timedelta, calendar: Calendar, paused: Pauses) -> datetime:
    if amount < _ZERO:
        return _before(start, -amount, calendar, paused)
    if amount == _ZERO:
        return start
    for begin, end in _open_pieces(start, calendar, paused):
        if end - begin >= amount:
            return begin + amount
        amount -= end - begin
    raise CalendarError("the calendar has not that much working time")


def _before(end: datetime, amount: timedelta, calendar: Calendar, paused: Pauses) -> datetime:
    for begin, until in _pieces_backwards(end, calendar, paused):
        if until - begin >= amount:
            return until - amount
        amount -= until - begin
    raise CalendarError("the calendar has not that much working time")


def _nth_day(start: datetime, days: int, calendar: Calendar, *, end_of_day: bool) -> datetime:
    local = start.astimezone(calendar.zone)
    day, left, step = local.date(), abs(days), _DAY if days > 0 else -_DAY
    while left:
        more = calendar.opens_after(day) if days > 0 else calendar.opens_before(day)
        if not more:
            raise CalendarError("the calendar has not that many working days")
        day += step
        left -= calendar.is_working_day(day)
    if end_of_day:
        return calendar.instant(day, 24 * 60)
    if not days:
        return start
    rest = timedelta(seconds=local.second, microseconds=local.microsecond)
    return calendar.instant(day, local.hour * 60 + local.minute, seconds=rest)


def _paused_time(start: datetime, base: datetime, calendar: Calendar, paused: Pauses) -> timedelta:
    """Return the working time that pauses took on the way from `start` to `base`, signed."""
    if not paused:
        return _ZERO
    begin, end = min(start, base), max(start, base)
    lost = _worked(begin, end, calendar, ()) - _worked(begin, end, calendar, paused)
    return lost if start <= base else -lost


def _worked(start: datetime, end: datetime, calendar: Calendar, paused: Pauses) -> timedelta:
    return sum((b - a for a, b in _pieces(start, end, calendar, paused)), _ZERO)


def _pieces(
    start: datetime, end: datetime, calendar: Calendar, paused: Pauses
) -> Iterator[Interval]:
    for begin, until in _open_pieces(start, calendar, paused):
        if begin >= end:
            return
        yield begin, min(until, end)


def _open_pieces(start: datetime, calendar: Calendar, paused: Pauses) -> Iterator[Interval]:
    """Yield working time after `start` without end, as long as the calendar has any."""
    for day in _days(calendar.local_day(start), calendar):
        for begin, end in calendar.intervals_of(day):
            if end > start:
                yield from _cut((max(begin, start), end), paused)


def _pieces_backwards(end: datetime, calendar: Calendar, paused: Pauses) -> Iterator[Interval]:
    day = calendar.local_day(end)
    while True:
        for begin, until in reversed(list(calendar.intervals_of(day))):
            if begin < end:
                yield from reversed(list(_cut((begin, min(until, end)), paused)))
        if not calendar.opens_before(day):
            return
        day -= _DAY


def _days(day: date, calendar: Calendar) -> Iterator[date]:
    yield day
    while calendar.opens_after(day):
        day += _DAY
        yield day


def _cut(interval: Interval, paused: Pauses) -> Iterator[Interval]:
    """Yield what the pauses (sorted, apart) leave of an interval."""
    begin, end = interval
    for pause_begin, pause_end in paused:
        if pause_end <= begin or pause_begin >= end:
            continue
        if begin < pause_begin:
            yield begin, pause_begin
        begin = pause_end
    if begin < end:
        yield begin, end


def _merged(pauses: Pauses) -> Pauses:
    """Return the pauses in UTC, sorted, with those that touch or overlap joined."""
    merged: list[Interval] = []
    for begin, end in sorted((_utc(begin), _utc(end)) for begin, end in pauses):
        if end < begin:
            raise ValueError(f"a pause ends before it begins: {begin} to {end}")
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif begin < end:
            merged.append((begin, end))
    return merged


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"a time without a zone: {instant}")
    return instant.astimezone(UTC)
