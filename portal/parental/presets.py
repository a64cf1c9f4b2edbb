"""What suits a child of an age: a beginning that the parents change as they like.

Source: parental-control.md, "Profiles".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.core.text import Marked, _l
from portal.parental.categories.registry import Registry
from portal.parental.settings import ProfileSettings, TimeWindow, YouTube, week_of

_HARM = ("adult", "gambling", "drugs", "violence", "alcohol-tobacco", "phishing")
_AROUND = ("vpn", "unsafe-search")
_STRANGERS = ("dating", "social", "messengers")


class Age(StrEnum):
    """The ages for which there is a preset."""

    UNDER_7 = "under-7"
    FROM_7 = "7-11"
    FROM_12 = "12-15"
    FROM_16 = "16+"


@dataclass(frozen=True)
class Preset:
    """What is closed at an age. `bedtime`: (from, until) as half-hours of the day; None: never.

    On the eve of a free day the night begins an hour later.
    """

    name: Marked
    about: Marked
    closed: tuple[str, ...]
    bedtime: tuple[int, int] | None
    safe_search: bool
    youtube: YouTube


PRESETS: Mapping[Age, Preset] = {
    Age.UNDER_7: Preset(
        _l("Under 7"),
        _l("Cartoons and games chosen by you; everything else that is not for children is closed."),
        (*_HARM, *_AROUND, *_STRANGERS, "video", "shopping", "piracy"),
        (41, 14),
        safe_search=True,
        youtube=YouTube.STRICT,
    ),
    Age.FROM_7: Preset(
        _l("7 to 11"),
        _l("School, games and videos for children; no social networks and no talk with strangers."),
        (*_HARM, *_AROUND, "dating", "social", "piracy"),
        (43, 14),
        safe_search=True,
        youtube=YouTube.STRICT,
    ),
    Age.FROM_12: Preset(
        _l("12 to 15"),
        _l("Social networks and messengers are open; what harms stays closed, and the night too."),
        (*_HARM, *_AROUND, "dating", "piracy"),
        (45, 13),
        safe_search=True,
        youtube=YouTube.MODERATE,
    ),
    Age.FROM_16: Preset(
        _l("16 and older"),
        _l("Only what is for adults or dangerous is closed; there is no bedtime."),
        ("adult", "gambling", "drugs", "phishing"),
        None,
        safe_search=False,
        youtube=YouTube.OFF,
    ),
}


def settings_for(age: Age, before: ProfileSettings, *, known: Registry) -> ProfileSettings:
    """Return the settings of an age. What the preset says nothing of stays as it was `before`.

    Services that the parents closed stay closed, and times of the week other than bedtimes stay.
    """
    preset = PRESETS[age]
    own = {code for code in before.closed if code in known and known.entry(code).is_service}
    kept = tuple(window for window in before.windows if not window.internet_off)
    return ProfileSettings(
        closed=frozenset(own.union(code for code in preset.closed if code in known)),
        windows=(*_bedtime(preset), *kept),
        safe_search=preset.safe_search,
        youtube=preset.youtube,
        keeps_log=before.keeps_log,
    )


def _bedtime(preset: Preset) -> tuple[TimeWindow, ...]:
    if preset.bedtime is None:
        return ()
    begins, ends = preset.bedtime
    school = week_of({day: _night(begins + 2 * (day in (4, 5)), ends) for day in range(7)})
    free = week_of({day: _night(begins + 2, ends) for day in range(7)})
    return (TimeWindow(internet_off=True, school_days=school, free_days=free),)


def _night(begins: int, ends: int) -> Iterable[int]:
    """Return the half-hours of a day that belong to its two nights."""
    return (*range(ends), *range(min(begins, 48), 48))
