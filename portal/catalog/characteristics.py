"""The figures of an offering, written for people and compared with another's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.core.text import Marked, _l, number, translate

WRITTEN: dict[str, tuple[Marked, Marked]] = {
    "speed_mbps": (_l("Speed"), _l("%(figure)s Mbit/s")),
    "night_speed_mbps": (_l("Speed at night"), _l("%(figure)s Mbit/s")),
    "unlimited_traffic": (_l("Traffic"), _l("unlimited")),
    "channels": (_l("Channels"), _l("%(figure)s")),
    "hd_channels": (_l("Of them in HD"), _l("%(figure)s")),
    "screens": (_l("Screens at once"), _l("%(figure)s")),
    "archive_days": (_l("Archive, days"), _l("%(figure)s")),
    "unlimited_calls": (_l("Calls within Kazakhstan"), _l("unlimited")),
    "minutes": (_l("Minutes to mobiles"), _l("%(figure)s")),
    "devices": (_l("Devices"), _l("%(figure)s")),
    "profiles": (_l("Profiles"), _l("%(figure)s")),
    "storage_gb": (_l("Storage"), _l("%(figure)s GB")),
    "wifi_generation": (_l("Wi-Fi"), _l("Wi-Fi %(figure)s")),
}


Figures = list[tuple[str, int]]


@dataclass(frozen=True)
class Compared:
    """A characteristic of two offerings side by side; `change` is better, less or nothing."""

    label: Marked
    before: str
    after: str
    change: str


def facts_of(figures: Mapping[str, Any]) -> list[tuple[Marked, str]]:
    """Return (label, value) of each characteristic, in a fixed order."""
    return [
        (label, _value(form, figures[name]))
        for name, (label, form) in WRITTEN.items()
        if figures.get(name)
    ]


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Compared]:
    """Return each characteristic that either has, with what becomes of it."""
    return [
        Compared(
            label=label,
            before=_value(form, before.get(name)),
            after=_value(form, after.get(name)),
            change=_change(int(before.get(name) or 0), int(after.get(name) or 0)),
        )
        for name, (label, form) in WRITTEN.items()
        if before.get(name) or after.get(name)
    ]


def side_by_side(several: Sequence[Mapping[str, Any]]) -> list[tuple[Marked, Figures]]:
    """Return each characteristic that any has: its label, and (value, figure) of every one."""
    return [
        (label, [(_value(form, each.get(name)), int(each.get(name) or 0)) for each in several])
        for name, (label, form) in WRITTEN.items()
        if any(each.get(name) for each in several)
    ]


def _change(before: int, after: int) -> str:
    if before == after:
        return ""
    return "better" if after > before else "less"


def _value(form: Marked, figure: Any) -> str:
    if not figure:
        return translate(_l("none"))
    return translate(form, figure=number(int(figure)))
