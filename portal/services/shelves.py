"""The catalogue as one account sees it: by family, with what stands in the way said in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.catalog.families import Family
from portal.catalog.queries import Priced
from portal.catalog.rules import verdict
from portal.core.errors import RuleError
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
    """The offerings of a family, in the order of the catalogue."""

    family: Family
    offered: tuple[Offered, ...]


def shelves(priced: Iterable[Priced], around: Surroundings) -> list[Shelf]:
    """Return the families that have something for the account's city, in their order."""
    by_family: dict[Family, list[Offered]] = {family: [] for family in Family}
    for each in priced:
        if _is_for_city(each, around):
            by_family[Family(each.offering.family)].append(offered(each, around))
    return [Shelf(family, tuple(found)) for family, found in by_family.items() if found]


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


def _is_for_city(priced: Priced, around: Surroundings) -> bool:
    cities = priced.offering.cities
    return around.place is None or not cities or around.place.city in cities
