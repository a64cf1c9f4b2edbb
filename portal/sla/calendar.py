"""When work is done: a week, exceptions per date, and the zone whose clock they follow."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Hours = Sequence[tuple[str, str]]
Minutes = tuple[tuple[int, int], ...]
Interval = tuple[datetime, datetime]

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|(24):(00)")
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


class CalendarError(ValueError):
    """The calendar contradicts itself, or never opens."""


@dataclass(frozen=True)
class Calendar:
    """Opening hours by weekday (Monday is 0; missing is closed) and by date (`[]` is a day off).

    Hours are half-open intervals of local clock times, `("14:00", "24:00")`; several a day are
    allowed, they may touch but not overlap.
    Raises CalendarError for an unknown zone or day, hours that overlap or run backwards, and a
    calendar that never opens.
    """

    tz: str
    week: Mapping[int, Hours]
    exceptions: Mapping[date, Hours] = field(default_factory=dict)
    zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _week: Mapping[int, Minutes] = field(init=False, repr=False, compare=False)
    _exceptions: Mapping[date, Minutes] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if unknown := set(self.week) - set(range(7)):
            raise CalendarError(f"not a day of the week (0 to 6): {sorted(unknown, key=str)}")
        week = {day: _minutes(hours) for day, hours in self.week.items()}
        exceptions = {day: _minutes(hours) for day, hours in self.exceptions.items()}
        if not any(week.values()) and not any(exceptions.values()):
            raise CalendarError("the calendar never opens")
        object.__setattr__(self, "zone", _zone(self.tz))
        object.__setattr__(self, "_week", week)
        object.__setattr__(self, "_exceptions", exceptions)

    @property
    def is_round_the_clock(self) -> bool:
        """Whether it never closes."""
        days = [self._week.get(day, ()) for day in range(7)] + list(self._exceptions.values())
        return all(day == ((0, 24 * 60),) for day in days)

    def days_off(self, first: date, last: date) -> list[date]:
        """Return the exceptions from `first` to `last` on which it does not open, in order."""
        return sorted(d for d, h in self._exceptions.items() if first <= d <= last and not h)

    def is_working_day(self, day: date) -> bool:
        """Tell whether the calendar opens at all on `day`."""
        return bool(self._hours(day))

    def local_day(self, instant: datetime) -> date:
        """Return the local date of an aware instant."""
        return instant.astimezone(self.zone).date()

    def instant(self, day: date, minute: int = 0, *, seconds: timedelta = timedelta()) -> datetime:
        """Return the UTC instant of a local clock time, in minutes after midnight (1440 is 24:00).

        A time that comes twice (clocks go back) is its first coming; one that is skipped (clocks go
        forward) is the moment of the jump.
        """
        wall = datetime.combine(day, time(), self.zone) + timedelta(minutes=minute) + seconds
        early, late = sorted(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        if early.astimezone(self.zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
            return early
        return self._jump(early, late)

    def intervals_of(self, day: date) -> Iterator[Interval]:
        """Yield the working intervals of a local day as UTC instants, in order, none empty."""
        for opens, closes in self._hours(day):
            begin, end = self.instant(day, opens), self.instant(day, closes)
            if begin < end:
                yield begin, end

    def opens_after(self, day: date) -> bool:
        """Tell whether any day later than `day` can be a working one."""
        return any(self._week.values()) or any(d > day and h for d, h in self._exceptions.items())

    def opens_before(self, day: date) -> bool:
        """Tell whether any day earlier than `day` can be a working one."""
        return any(self._week.values()) or any(d < day and h for d, h in self._exceptions.items())

    def _hours(self, day: date) -> Minutes:
        if day in self._exceptions:
            return self._exceptions[day]
        return self._week.get(day.weekday(), ())

    def _jump(self, early: datetime, late: datetime) -> datetime:
        """Find the instant between `early` and `late` at which the clocks go forward."""
        before = early.astimezone(self.zone).utcoffset()
        while late - early > _SECOND:
            middle = early + (late - early) // 2
            if middle.astimezone(self.zone).utcoffset() == before:
                early = middle
            else:
                late = middle
        return late.replace(microsecond=0)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unknown:
        raise CalendarError(f"unknown time zone: {name}") from unknown


def _minutes(hours: Hours) -> Minutes:
    """Return the hours of a day as sorted pairs of minutes after midnight."""
    pairs = sorted((_minute(opens), _minute(closes)) for opens, closes in hours)
    for opens, closes in pairs:
        if opens >= closes:
            raise CalendarError(f"hours must end after they begin: {hours}")
    for (_, closes), (opens, _) in itertools.pairwise(pairs):
        if opens < closes:
            raise CalendarError(f"hours overlap: {hours}")
    return tuple(pairs)


def _minute(clock: str) -> int:
    if not (found := _CLOCK.fullmatch(str(clock))):
        raise CalendarError(f"not a clock time from 00:00 to 24:00: {clock!r}")
    return int(found[1] or found[3]) * 60 + int(found[2] or found[4])
