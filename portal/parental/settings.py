"""The settings of a profile besides its lists: what is closed, and when.

Source: parental-control.md, "What the parent has".
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from portal.core.errors import RuleError
from portal.core.text import _l
from portal.parental.policy import HALF_HOURS, MOST_WINDOWS

DAY_SLOTS = 48
WHOLE_WEEK = (1 << HALF_HOURS) - 1
LONGEST_WINDOW_NAME = 40


class YouTube(IntEnum):
    """How strictly YouTube chooses what it shows."""

    OFF = 0
    MODERATE = 1
    STRICT = 2


@dataclass(frozen=True)
class TimeWindow:
    """A time of the week that closes something: a bedtime if it turns the internet off.

    `closes` are codes of categories and services; `own_rules` counts rules of the own list that
    are marked "in windows". `school_days` and `free_days` (public holidays) are weeks of 336
    half-hours as the bits of a number: bit 0 is Monday 00:00, as in the policy.
    """

    name: str = ""
    closes: frozenset[str] = frozenset()
    own_rules: bool = False
    internet_off: bool = False
    school_days: int = 0
    free_days: int = 0

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "TimeWindow":
        return cls(
            name=stored["name"],
            closes=frozenset(stored["closes"]),
            own_rules=stored["own_rules"],
            internet_off=stored["internet_off"],
            school_days=int(stored["school_days"], 16),
            free_days=int(stored["free_days"], 16),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "closes": sorted(self.closes),
            "own_rules": self.own_rules,
            "internet_off": self.internet_off,
            "school_days": f"{self.school_days:x}",
            "free_days": f"{self.free_days:x}",
        }

    def without_unknown(self, known: Collection[str]) -> "TimeWindow | None":
        """Return this without the codes that are not among `known`; None if nothing is left."""
        if self.closes.issubset(known):
            return self
        rest = replace(self, closes=self.closes.intersection(known))
        return None if rest.is_empty else rest

    @property
    def is_empty(self) -> bool:
        """Whether it never closes anything."""
        return not (self.school_days | self.free_days) or not (
            self.closes or self.own_rules or self.internet_off
        )


@dataclass(frozen=True)
class ProfileSettings:
    """Everything that a profile says besides its own lists.

    `closed` are codes of categories and services that are closed at all times; `keeps_log`: the
    parent wants the names that were closed, kept for seven days.
    """

    closed: frozenset[str] = frozenset()
    windows: tuple[TimeWindow, ...] = ()
    safe_search: bool = False
    youtube: YouTube = YouTube.OFF
    keeps_log: bool = False

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ProfileSettings":
        """Return what `to_json` wrote; an empty mapping is no setting at all."""
        return cls(
            closed=frozenset(stored.get("closed", ())),
            windows=tuple(TimeWindow.from_json(each) for each in stored.get("windows", ())),
            safe_search=stored.get("safe_search", False),
            youtube=YouTube(stored.get("youtube", 0)),
            keeps_log=stored.get("keeps_log", False),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "closed": sorted(self.closed),
            "windows": [window.to_json() for window in self.windows],
            "safe_search": self.safe_search,
            "youtube": int(self.youtube),
            "keeps_log": self.keeps_log,
        }

    def checked(self, known: Collection[str]) -> "ProfileSettings":
        """Return these settings if they can be enforced; `known` are all codes that exist.

        Raises RuleError for unknown codes, too many windows, and a window that never closes
        anything or whose name is too long.
        """
        if self != self.without_unknown(known):
            raise RuleError(_l("A category of this page is gone. Look at the page again."))
        if len(self.windows) > MOST_WINDOWS:
            raise RuleError(
                _l("A profile has room for %(most)s times of the week."), most=MOST_WINDOWS
            )
        for window in self.windows:
            _check(window)
        return self

    def without_unknown(self, known: Collection[str]) -> "ProfileSettings":
        """Return these settings without the codes that are not among `known`.

        A window that closed nothing else is left out.
        """
        windows = (window.without_unknown(known) for window in self.windows)
        return replace(
            self,
            closed=self.closed.intersection(known),
            windows=tuple(window for window in windows if window is not None),
        )


def _check(window: TimeWindow) -> None:
    if window.is_empty:
        raise RuleError(
            _l("Choose what this time of the week closes, and paint at least half an hour."),
            field="week",
        )
    if len(window.name) > LONGEST_WINDOW_NAME:
        raise RuleError(
            _l("Write a name of at most %(most)s letters."), field="name", most=LONGEST_WINDOW_NAME
        )
    if (window.school_days | window.free_days) & ~WHOLE_WEEK:
        raise RuleError(_l("A week has seven days of 48 half-hours."), field="week")


def week_of(days: Mapping[int, Iterable[int]]) -> int:
    """Return a week as bits from the half-hours (0 to 47) of each day (Monday is 0)."""
    week = 0
    for day, slots in days.items():
        for slot in slots:
            week |= 1 << (day * DAY_SLOTS + slot)
    return week


def day_of(week: int, day: int) -> list[int]:
    """Return the half-hours (0 to 47) of one day (Monday is 0) that a week holds."""
    return [slot for slot in range(DAY_SLOTS) if week >> (day * DAY_SLOTS + slot) & 1]
