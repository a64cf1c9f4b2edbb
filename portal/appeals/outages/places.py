"""Where an outage is, and all that somebody says who opens one. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.core.errors import RuleError
from portal.core.text import _l

MOST_AREAS = 40
LONGEST_DISTRICT = 80


@dataclass(frozen=True, order=True)
class Area:
    """A city, or one district of it; an empty district means the whole city."""

    city: str
    district: str = ""


@dataclass(frozen=True)
class NewOutage:
    """What somebody opens. `cause` is short, in three languages; no technologies mean every one."""

    areas: Sequence[Area]
    technologies: Sequence[str]
    is_planned: bool
    cause: dict[str, str]
    started_at: datetime
    promised_at: datetime


def read_areas(cities: Sequence[str], districts: str) -> list[Area]:
    """Return the areas that were chosen: whole cities, or districts (commas between) of one.

    Raises RuleError without a city, and (field `districts`) with districts of several cities, a
    name that is too long, or more than 40 of them.
    """
    named = list(dict.fromkeys(part for each in districts.split(",") if (part := each.strip())))
    if not cities:
        raise RuleError(_l("Choose at least one city."), field="cities")
    if not named:
        return [Area(city) for city in dict.fromkeys(cities)]
    if len(set(cities)) > 1:
        raise RuleError(_l("Name districts only of one city."), field="districts")
    if len(named) > MOST_AREAS or any(len(each) > LONGEST_DISTRICT for each in named):
        raise RuleError(
            _l("Name %(most)s districts at most, each as billing writes it."),
            field="districts",
            most=MOST_AREAS,
        )
    return [Area(cities[0], each) for each in named]


def unknown_districts(areas: Iterable[Area], known: Iterable[Area]) -> list[str]:
    """Return the districts in which nobody has an address."""
    has = set(known)
    return [area.district for area in areas if area.district and area not in has]
