"""The times of a week: painted, as intervals, in words and as a picture.

A week is 336 half-hours as the bits of a number (`settings.TimeWindow`). Times of day are counted
in half-hours: 0 is midnight, 48 the midnight after.
Source: parental-control.md, "Schedules".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from portal.core.text import local
from portal.parental.policy import HALF_HOURS
from portal.parental.settings import DAY_SLOTS, TimeWindow, day_of, week_of
from portal.parental.verdict import EPOCH, FreeDays

DAYS = range(7)
HOLIDAY = 7
"""The column of public holidays, beside the days of the week."""
SLOT = timedelta(minutes=30)


class Run(NamedTuple):
    """Half-hours without a gap: from a time of a day on, over midnight if it is long."""

    day: int
    begins: int
    length: int


class Span(NamedTuple):
    """The same time on several days; `ends` beyond 48 is on the next day."""

    days: tuple[int, ...]
    begins: int
    ends: int


class Painted(NamedTuple):
    """Cells of the grid: (day, half-hour); the day HOLIDAY is the column of public holidays."""

    cells: frozenset[tuple[int, int]]

    @classmethod
    def of(cls, window: TimeWindow) -> "Painted":
        """Return what to show of a window; without a column of its own the holidays are empty."""
        cells = {(day, slot) for day in DAYS for slot in day_of(window.school_days, day)}
        if not has_usual_holidays(window):
            cells |= {(HOLIDAY, slot) for slot in day_of(window.free_days, 0)}
        return cls(frozenset(cells))

    @property
    def school_days(self) -> int:
        return week_of({day: self._of(day) for day in DAYS})

    @property
    def holidays(self) -> list[int]:
        """The half-hours of the column of public holidays."""
        return self._of(HOLIDAY)

    @property
    def free_days(self) -> int:
        """The week of public holidays: each day is as the column."""
        return week_of(dict.fromkeys(DAYS, self.holidays))

    def _of(self, day: int) -> list[int]:
        return sorted(slot for at, slot in self.cells if at == day)

    def changed(self, interval: Iterable[tuple[int, int]], *, closes: bool) -> "Painted":
        """Return this with the cells of an interval painted, or cleared."""
        cells = frozenset(interval)
        return Painted(self.cells | cells if closes else self.cells - cells)


def interval(days: Iterable[int], begins: int, ends: int) -> set[tuple[int, int]]:
    """Return the cells from `begins` to `ends` on each day; an earlier end is on the next day.

    The column HOLIDAY goes on in itself: a holiday's night ends in a holiday's morning.
    """
    length = ends - begins if ends > begins else DAY_SLOTS - begins + ends
    cells = set()
    for day in days:
        for slot in range(begins, begins + length):
            over, at = divmod(slot, DAY_SLOTS)
            cells.add((day if day == HOLIDAY else (day + over) % 7, at))
    return cells


def has_usual_holidays(window: TimeWindow) -> bool:
    """Say whether a window counts on public holidays as on any other day."""
    return window.free_days == window.school_days


def runs(week: int, *, slots: int = HALF_HOURS) -> list[Run]:
    """Return the runs of a week that comes again and again; one Run of `slots` if it is full."""
    on = [bool(week >> slot & 1) for slot in range(slots)]
    if all(on):
        return [Run(0, 0, slots)]
    starts = [slot for slot in range(slots) if on[slot] and not on[slot - 1]]
    return [Run(*divmod(start, DAY_SLOTS), _length(on, start)) for start in starts]


def _length(on: Sequence[bool], start: int) -> int:
    length = 0
    while on[(start + length) % len(on)]:
        length += 1
    return length


def spans(week: int) -> list[Span]:
    """Return the runs of a week, those of the same time together, in the order of their days."""
    days: dict[tuple[int, int], list[int]] = {}
    for run in runs(week):
        days.setdefault((run.begins, run.length), []).append(run.day)
    return [Span(tuple(each), begins, begins + length) for (begins, length), each in days.items()]


def day_spans(column: int) -> list[Span]:
    """Return the runs of one day that follows itself, such as a public holiday."""
    return [
        Span((HOLIDAY,), run.begins, run.begins + run.length)
        for run in runs(column, slots=DAY_SLOTS)
    ]


def rows_of_days(days: Sequence[int]) -> list[tuple[int, int]]:
    """Return days that follow each other as (first, last), Sunday before Monday too."""
    if len(days) == len(DAYS):
        return [(0, 6)]
    found = []
    for day in sorted(days):
        if (day - 1) % 7 not in days:
            last = day
            while (last + 1) % 7 in days:
                last = (last + 1) % 7
            found.append((day, last))
    return found


class Bar(NamedTuple):
    """A run within one day of the picture, in percent of the day."""

    left: float
    width: float
    is_sleep: bool


def picture(windows: Iterable[TimeWindow]) -> list[list[Bar]]:
    """Return the bars of each day, Monday first; those of sleep lie on top, so they come last."""
    sleep = other = 0
    for window in windows:
        if window.internet_off:
            sleep |= window.school_days
        else:
            other |= window.school_days
    return [_bars(other, day, is_sleep=False) + _bars(sleep, day, is_sleep=True) for day in DAYS]


def _bars(week: int, day: int, *, is_sleep: bool) -> list[Bar]:
    slots = day_of(week, day)
    starts = [slot for slot in slots if slot - 1 not in slots]
    ends = [slot + 1 for slot in slots if slot + 1 not in slots]
    share = 100 / DAY_SLOTS
    return [
        Bar(round(start * share, 2), round((end - start) * share, 2), is_sleep)
        for start, end in zip(starts, ends, strict=True)
    ]


class Place(NamedTuple):
    """A moment in the picture: its day, and how much of the day is over in percent."""

    day: int
    share: float


def place_in_week(moment: datetime) -> Place:
    """Return where a moment is in the picture, by the clock of Almaty."""
    here = local(moment)
    return Place(here.weekday(), round((here.hour * 60 + here.minute) / 14.4, 2))


@dataclass(frozen=True)
class Bedtime:
    """Whether the internet is off by the schedule, and when that turns; None: not in a week."""

    is_on: bool
    turns_at: datetime | None


def bedtime(windows: Iterable[TimeWindow], *, at: datetime, free_days: FreeDays) -> Bedtime:
    """Say whether a bedtime is on at `at`, and when the next one begins or this one ends."""
    nights = [window for window in windows if window.internet_off]
    begins = at.replace(minute=at.minute // 30 * 30, second=0, microsecond=0)
    is_on = _is_on(nights, begins, free_days)
    for number in range(1, HALF_HOURS + 1):
        moment = begins + number * SLOT
        if _is_on(nights, moment, free_days) != is_on:
            return Bedtime(is_on, moment)
    return Bedtime(is_on, None)


def _is_on(windows: Iterable[TimeWindow], moment: datetime, free_days: FreeDays) -> bool:
    here = local(moment)
    slot = here.weekday() * DAY_SLOTS + here.hour * 2 + here.minute // 30
    is_free = free_days.holds((here.date() - EPOCH).days)
    weeks = (window.free_days if is_free else window.school_days for window in windows)
    return any(week >> slot & 1 for week in weeks)
