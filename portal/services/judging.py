"""Whether a change may be made, and why not, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from portal.accounts.models import Premises
from portal.catalog.models import Offering
from portal.catalog.places import city_name
from portal.catalog.rules import OfferingRule, Requirement, orphans, unmet, verdict
from portal.core.errors import RuleError
from portal.core.text import Marked, _l
from portal.services.quoting import Household, Terms


class Listed:
    """Names that are put into a sentence in the language of whoever reads it."""

    def __init__(self, names: Sequence[object]) -> None:
        self._names = names

    def __str__(self) -> str:
        return ", ".join(str(name) for name in self._names)


class Named:
    """The name of an offering, in the language of whoever reads it."""

    def __init__(self, offering: Offering) -> None:
        self._offering = offering

    def __str__(self) -> str:
        return self._offering.name


@dataclass(frozen=True)
class Surroundings:
    """What stands around a change: the address, what is held, and what orders are bringing.

    `arriving` are the rules of what open orders bring, `leaving` the subscriptions they end;
    `orders` names the number of the order by code or subscription.
    """

    household: Household
    place: Premises | None
    offerings: Mapping[str, Offering]
    arriving: tuple[OfferingRule, ...] = ()
    leaving: frozenset[UUID] = frozenset()
    orders: Mapping[str | UUID, str] = field(default_factory=dict)

    @property
    def staying(self) -> list[OfferingRule]:
        """Return the rules of what is held and not about to end."""
        active = self.household.active
        return [each.rule for each in active if each.id not in self.leaving]


def check_connection(offering: Offering, around: Surroundings) -> None:
    """Raise RuleError, with a sentence that says what to do, if `offering` cannot be connected."""
    _check_not_there(offering, around)
    _check_place(offering, around.place)
    judged = verdict(offering.rule, [*around.staying, *around.arriving])
    rivals = (*judged.excluded_by, *judged.replaced)
    _check_rivals(offering, around, rivals)
    if judged.excluded_by:
        raise RuleError(
            _l("%(name)s cannot stand beside %(others)s. Disconnect that first."),
            name=Named(offering),
            others=_names(judged.excluded_by, around),
        )
    left = [rule for rule in around.staying if rule.code not in judged.replaced]
    if lacking := unmet(offering.rule, left):
        _refuse_missing(offering, around, lacking)


def check_terms(terms: Terms, around: Surroundings) -> None:
    """Raise RuleError if the change would touch what an open order is already changing."""
    for item in terms.ends:
        if item.subscription_id in around.leaving:
            raise RuleError(
                _l("%(name)s is already being disconnected: order %(number)s."),
                name=_name(item.code, around),
                number=around.orders[item.subscription_id],
            )
    ending = {item.subscription_id for item in terms.ends} | around.leaving
    left = [each.rule for each in around.household.active if each.id not in ending]
    coming = [around.offerings[item.code].rule for item in terms.begins]
    for code in orphans([*left, *coming, *around.arriving]):
        if code in around.orders:
            raise RuleError(
                _l(
                    "Order %(number)s needs what you are ending. Cancel that order or wait until"
                    " it is ready."
                ),
                number=around.orders[code],
            )


def _check_not_there(offering: Offering, around: Surroundings) -> None:
    if any(rule.code == offering.code for rule in around.arriving):
        raise RuleError(
            _l("%(name)s is already on its way: order %(number)s."),
            name=Named(offering),
            number=around.orders[offering.code],
        )
    if any(each.rule.code == offering.code for each in around.household.active):
        raise RuleError(_l("You already have %(name)s."), name=Named(offering))


def _check_place(offering: Offering, place: Premises | None) -> None:
    if place is None or offering.is_sold_at(city=place.city, technology=place.technology):
        return
    if offering.cities and place.city not in offering.cities:
        raise RuleError(
            _l("%(name)s is not sold in your city. It is sold in: %(cities)s."),
            name=Named(offering),
            cities=Listed([city_name(code) for code in offering.cities]),
        )
    raise RuleError(_l("The line at your address does not carry %(name)s."), name=Named(offering))


def _check_rivals(offering: Offering, around: Surroundings, rivals: Iterable[str]) -> None:
    """Refuse what an open order stands in the way of: it is not known yet how that ends."""
    coming = {rule.code for rule in around.arriving}
    for code in rivals:
        if code in coming:
            raise RuleError(
                _l(
                    "%(name)s cannot stand beside %(other)s, which is on its way: order"
                    " %(number)s. Cancel that order or wait until it is ready."
                ),
                name=Named(offering),
                other=_name(code, around),
                number=around.orders[code],
            )


def _refuse_missing(
    offering: Offering, around: Surroundings, lacking: tuple[Requirement, ...]
) -> None:
    if not unmet(offering.rule, [*around.staying, *around.arriving]):
        raise RuleError(
            _l("%(name)s needs %(needs)s, which is on its way. Come back when it is ready."),
            name=Named(offering),
            needs=Listed([_wanted(each, around) for each in lacking]),
        )
    raise RuleError(
        _l("%(name)s needs %(needs)s. Connect that first."),
        name=Named(offering),
        needs=Listed([_wanted(each, around) for each in lacking]),
    )


def _wanted(requirement: Requirement, around: Surroundings) -> Marked | Listed:
    if requirement.plan_of:
        return requirement.plan_of.plan_wanted
    return _names(sorted(requirement.any_of), around)


def _names(codes: Iterable[str], around: Surroundings) -> Listed:
    return Listed([_name(code, around) for code in codes])


def _name(code: str, around: Surroundings) -> Named | str:
    offering = around.offerings.get(code)
    return Named(offering) if offering else code
