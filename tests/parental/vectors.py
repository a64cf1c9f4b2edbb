"""The table of vectors (vectors.json), through which every matcher goes."""

import json
from datetime import date, datetime
from pathlib import Path

from portal.parental.policy import OwnRule, Policy, Scope, Window, wire_name
from portal.parental.sites import Action
from portal.parental.verdict import FreeDays

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))


def free_days():
    return FreeDays.of({date.fromisoformat(day) for day in VECTORS["free_days"]})


def masks_of(entries):
    return lambda wire: {wire_name(name): mask for name, mask in entries.items()}.get(wire, 0)


def policy_of(described):
    windows = [
        Window(
            **{
                **each,
                "school_days": week_of(each["school_days"]),
                "free_days": week_of(each["free_days"]),
            }
        )
        for each in described.get("windows", [])
    ]
    rules = [
        OwnRule(
            each["site"],
            Action(each["action"]),
            Scope[each.get("scope", "site").upper()],
            seconds(each.get("expires")),
            each.get("in_windows", False),
        )
        for each in described.get("rules", [])
    ]
    return Policy(
        zone_offset=described.get("zone_offset", 300),
        safe_search=described.get("safe_search", False),
        youtube=described.get("youtube", 0),
        pause_until=seconds(described.get("pause_until")),
        bonus_until=seconds(described.get("bonus_until")),
        categories=described.get("categories", 0),
        windows=tuple(windows),
        rules=tuple(rules),
    )


def week_of(spans):
    """Read [[weekday, "21:30", "24:00"], ...], Monday = 0, as 336 bits."""
    bits = 0
    for weekday, start, end in spans:
        for half_hour in range(half_hours(start), half_hours(end)):
            bits |= 1 << weekday * 48 + half_hour
    return bits


def half_hours(clock):
    hours, minutes = clock.split(":")
    return int(hours) * 2 + int(minutes) // 30


def seconds(moment):
    return int(datetime.fromisoformat(moment).timestamp()) if moment else 0
