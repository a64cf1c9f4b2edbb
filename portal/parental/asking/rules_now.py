"""What is closed at a moment by the settings of a profile, and until when.

The same weeks and the same order as in the resolvers' matcher (`verdict`), told for a page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from portal.core.text import local, midnight
from portal.parental.settings import DAY_SLOTS, ProfileSettings, TimeWindow, day_of
from portal.parental.verdict import EPOCH, FreeDays

_SLOT = timedelta(minutes=30)
_LONGEST_LOOK = 8 * DAY_SLOTS  # half-hours: a week and a day


class Hours(NamedTuple):
    """A stretch of a local day: `begins` and `ends` as half-hours, 0 to 48."""

    begins: int
    ends: int

    def __str__(self) -> str:
        return f"{_written(self.begins)}\N{EN DASH}{_written(self.ends)}"


@dataclass(frozen=True)
class WindowNow:
    """A time of the week that is on; `until` is None if it does not end within a week."""

    window: TimeWindow
    until: datetime | None


@dataclass(frozen=True)
class Today:
    """What a time of the week does today."""

    window: TimeWindow
    hours: list[Hours]


@dataclass(frozen=True)
class RulesNow:
    """What applies at a moment. `night` is the bedtime that is on; `today` what the day brings.

    During a pause nothing else counts; an extra hour suspends `night` and `windows`.
    """

    paused_until: datetime | None
    bonus_until: datetime | None
    night: WindowNow | None
    windows: list[WindowNow]
    closed: frozenset[str]
    today: list[Today]


def rules_now(
    settings: ProfileSettings,
    *,
    at: datetime,
    paused_until: datetime | None = None,
    bonus_until: datetime | None = None,
    free_days: FreeDays,
) -> RulesNow:
    """Return what these settings close at `at` (aware)."""
    has_bonus = bonus_until is not None and at < bonus_until
    on = [
        WindowNow(window, _ends(window, at, free_days))
        for window in ([] if has_bonus else settings.windows)
        if _is_on(window, at, free_days)
    ]
    nights = [each for each in on if each.window.internet_off]
    day = local(at).date()
    return RulesNow(
        paused_until=paused_until if paused_until and at < paused_until else None,
        bonus_until=bonus_until if has_bonus else None,
        night=max(nights, key=lambda each: each.until or _for_ever(at)) if nights else None,
        windows=[each for each in on if not each.window.internet_off],
        closed=settings.closed,
        today=[
            Today(window, hours)
            for window in settings.windows
            if (hours := hours_of(window, day, free_days))
        ],
    )


def hours_of(window: TimeWindow, day: date, free_days: FreeDays) -> list[Hours]:
    """Return when a time of the week is on in a local day, in order."""
    return _joined(day_of(_week(window, day, free_days), day.weekday()))


def _joined(slots: Iterable[int]) -> list[Hours]:
    found: list[Hours] = []
    for slot in slots:
        if found and found[-1].ends == slot:
            found[-1] = Hours(found[-1].begins, slot + 1)
        else:
            found.append(Hours(slot, slot + 1))
    return found


def _week(window: TimeWindow, day: date, free_days: FreeDays) -> int:
    is_free = free_days.holds((day - EPOCH).days)
    return window.free_days if is_free else window.school_days


def _is_on(window: TimeWindow, at: datetime, free_days: FreeDays) -> bool:
    here = local(at)
    slot = here.weekday() * DAY_SLOTS + here.hour * 2 + here.minute // 30
    return bool(_week(window, here.date(), free_days) >> slot & 1)


def _ends(window: TimeWindow, at: datetime, free_days: FreeDays) -> datetime | None:
    here = local(at)
    begun = midnight(here.date()) + (here.hour * 2 + here.minute // 30) * _SLOT
    later = (begun + step * _SLOT for step in range(1, _LONGEST_LOOK))
    return next((moment for moment in later if not _is_on(window, moment, free_days)), None)


def _for_ever(at: datetime) -> datetime:
    return at + timedelta(days=365)


def _written(slot: int) -> str:
    return f"{slot // 2:02}:{slot % 2 * 30:02}"
