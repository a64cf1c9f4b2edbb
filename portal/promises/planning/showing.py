"""What the pages of planning show: names, calendars in lines, what is open under what. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.promises.planning.queries import Open
from portal.promises.planning.words import (
    CALENDAR_NAMES,
    CHANNEL_NAMES,
    DAY_NAMES,
    KIND_NAMES,
    RULE_NAMES,
)
from portal.promises.planning.writing import written_exceptions, written_hours
from portal.promises.policy import Rule


@dataclass(frozen=True)
class ShownCalendar:
    """A calendar in lines: `week` pairs a first and a last day (from 0) with their hours."""

    name: str
    tz: str
    week: Sequence[tuple[int, int, str]]
    exceptions: Sequence[str]


@dataclass(frozen=True)
class OpenLine:
    """What runs under a version: how many promises in all, and of each kind."""

    version: int
    total: int
    kinds: Sequence[Open]


def shown_calendars(bodies: Mapping[str, Mapping[str, Any]]) -> list[ShownCalendar]:
    """Return calendars in lines, by name; days in a row with the same hours are one line."""
    return [
        ShownCalendar(
            name,
            body["tz"],
            _week(body["week"]),
            written_exceptions(body.get("exceptions", {})).splitlines(),
        )
        for name, body in sorted(bodies.items())
    ]


def open_table(counted: Iterable[Open]) -> list[OpenLine]:
    """Return a line for each version that has open promises, oldest first."""
    by_version: dict[int, list[Open]] = {}
    for each in counted:
        by_version.setdefault(each.version, []).append(each)
    return [
        OpenLine(version, sum(each.number for each in found), found)
        for version, found in sorted(by_version.items())
    ]


def names() -> dict[str, Any]:
    """Give templates the names of rules, channels, kinds, calendars and days."""
    return {
        "rule_title": lambda rule: str(RULE_NAMES[Rule(rule)]),
        "channel_name": lambda channel: str(CHANNEL_NAMES.get(channel, channel)),
        "appeal_kind_name": lambda kind: str(KIND_NAMES.get(kind, kind)),
        "calendar_title": lambda name: str(CALENDAR_NAMES.get(name, name)),
        "day_title": lambda day: str(DAY_NAMES[day]),
    }


def _week(week: Mapping[str, Sequence[Sequence[str]]]) -> list[tuple[int, int, str]]:
    joined: list[tuple[int, int, str]] = []
    for day in range(7):
        hours = written_hours(week.get(str(day), ()))
        if joined and joined[-1][2] == hours:
            joined[-1] = (joined[-1][0], day, hours)
        else:
            joined.append((day, day, hours))
    return joined
