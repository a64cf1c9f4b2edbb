"""The catalogue as one account sees it: by family, with what stands in the way said in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.catalog.families import Family
from portal.catalog.queries import Priced
from portal.catalog.rules import verdict
from portal.core.errors import RuleError
from portal.core.text import LANGUAGES, reading_as
from portal.services.finding import Search, Sorting, holds
from portal.services.judging import Surroundings, check_connection


@dataclass(frozen=True)
class Offered:
    """An offering for one account: it is held, refused with a sentence, or may be connected.

    `replaces` names what would end in its favour.
    """

    priced: Priced
    is_held: bool = False
    refusal: str = ""
    replaces: str = ""

    @property
    def may_connect(self) -> bool:
        return not (self.is_held or self.refusal)


@dataclass(frozen=True)
class Shelf:
    """The offerings of a family, in the order of the catalogue or by price."""

    family: Family
    offered: tuple[Offered, ...]


def shelves(priced: Iterable[Priced], around: Surroundings, search: Search) -> list[Shelf]:
    """Return the families that have something of what is wished for in the account's city."""
    by_family: dict[Family, list[Offered]] = {family: [] for family in Family}
    kinds = _kinds() if search.words else {}
    for each in priced:
        wished = _is_for_city(each, around) and _is_wished(each, around, search)
        if wished and (not search.words or holds(_texts(each, kinds), search.words)):
            by_family[Family(each.offering.family)].append(offered(each, around))
    found = {
        family: [one for one in ones if one.may_connect or not search.may_connect]
        for family, ones in by_family.items()
    }
    return [Shelf(family, _sorted(ones, search)) for family, ones in found.items() if ones]


def offered(priced: Priced, around: Surroundings) -> Offered:
    """Return what an account may do with one offering."""
    offering = priced.offering
    if any(each.rule.code == offering.code for each in around.household.active):
        return Offered(priced, is_held=True)
    try:
        check_connection(offering, around)
    except RuleError as error:
        return Offered(priced, refusal=error.message)
    replaced = verdict(offering.rule, around.staying).replaced
    names = [around.offerings[code].name for code in replaced if code in around.offerings]
    return Offered(priced, replaces=", ".join(names))


def speeds_of(priced: Iterable[Priced]) -> list[int]:
    """Return the speeds (Mbit/s) that are sold, the slowest first."""
    return sorted({speed for each in priced if (speed := _speed(each))})


def _sorted(ones: list[Offered], search: Search) -> tuple[Offered, ...]:
    if search.sorting is Sorting.PRICE:
        return tuple(sorted(ones, key=lambda one: one.priced.monthly))
    return tuple(ones)


def _is_wished(each: Priced, around: Surroundings, search: Search) -> bool:
    return (
        (search.family is None or each.offering.family == search.family)
        and (search.up_to is None or each.monthly <= search.up_to)
        and (search.speed is None or _speed(each) >= search.speed)
        and (not search.fits or _fits(each, around))
    )


def _speed(each: Priced) -> int:
    return int(each.offering.characteristics.get("speed_mbps") or 0)


def _fits(each: Priced, around: Surroundings) -> bool:
    place = around.place
    return place is None or each.offering.is_sold_at(city=place.city, technology=place.technology)


def _texts(each: Priced, kinds: dict[str, list[str]]) -> list[str]:
    """Return all that is written about an offering, in every language."""
    offering = each.offering
    written = (offering.names, offering.summaries, offering.texts)
    return [*kinds[offering.family], *(text for texts in written for text in texts.values())]


def _kinds() -> dict[str, list[str]]:
    """Return what each family is called, in every language."""
    found: dict[str, list[str]] = {family.value: [] for family in Family}
    for code in LANGUAGES:
        with reading_as(code):
            for family in Family:
                found[family.value].append(str(family.label))
    return found


def _is_for_city(priced: Priced, around: Surroundings) -> bool:
    cities = priced.offering.cities
    return around.place is None or not cities or around.place.city in cities
