"""Whether a change may be made, and why not, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from portal.accounts.models import Premises
from portal.catalog.models import Offering
from portal.catalog.places import city_name
from portal.catalog.rules import (
    OfferingRule,
    Requirement,
    are_exclusive,
    orphans,
    unmet,
    verdict,
)
from portal.core.errors import RuleError
from portal.core.text import Marked, _l, day
from portal.services.changes import Change, Terms
from portal.services.household import Household, Running


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


class Dated:
    """A day, written in the language of whoever reads it."""

    def __init__(self, on: date) -> None:
        self._on = on

    def __str__(self) -> str:
        return day(self._on)


@dataclass(frozen=True)
class Surroundings:
    """What stands around a change: the address, what is held, and what open orders intend.

    `household` is that of the day of the change. `arriving` are the rules of what orders bring,
    `leaving` the days on which they end subscriptions; `orders` names the number of the order by
    code or subscription, also of those that only change a subscription. `later` are the
    subscriptions that an open order touches only on a day to come.
    """

    household: Household
    place: Premises | None
    offerings: Mapping[str, Offering]
    arriving: tuple[OfferingRule, ...] = ()
    leaving: Mapping[UUID, date] = field(default_factory=dict)
    orders: Mapping[str | UUID, str] = field(default_factory=dict)
    later: frozenset[UUID] = frozenset()

    @property
    def staying(self) -> list[OfferingRule]:
        """Return the rules of what is held and not about to end."""
        return [each.rule for each in self.household.active if each.id not in self.leaving]

    @property
    def going(self) -> list[Running]:
        """Return what an open order will end only after the day of the change."""
        after = self.household.day
        active = self.household.active
        return [each for each in active if self.leaving.get(each.id, date.min) > after]


def check_connection(
    offering: Offering, around: Surroundings, beside: Sequence[Offering] = ()
) -> None:
    """Raise RuleError, with a sentence that says what to do, if `offering` cannot be connected.

    `beside` is what is connected together with it.
    """
    _check_not_there(offering, around)
    _check_place(offering, around.place)
    _check_companions(offering, beside)
    judged = verdict(offering.rule, [*around.staying, *around.arriving])
    _check_rivals(offering, around, (*judged.excluded_by, *judged.replaced))
    if judged.excluded_by:
        raise RuleError(
            _l("%(name)s cannot stand beside %(others)s. Disconnect that first."),
            name=Named(offering),
            others=_names(judged.excluded_by, around),
        )
    _check_needs(offering, around, beside)


def check_terms(terms: Terms, around: Surroundings) -> None:
    """Raise RuleError if the change would touch what an open order is already changing.

    Only the end of a pause may come before what is planned for a later day.
    """
    for item in terms.items:
        number = around.orders.get(item.subscription_id) if item.subscription_id else None
        if item.change is Change.RESUME and item.subscription_id in around.later:
            continue
        if number and item.subscription_id in around.leaving:
            raise RuleError(
                _l("%(name)s is already being disconnected: order %(number)s."),
                name=_name(item.code, around),
                number=number,
            )
        if number:
            raise RuleError(
                _l(
                    "Order %(number)s already changes %(name)s. Cancel that order or wait until it"
                    " is ready."
                ),
                name=_name(item.code, around),
                number=number,
            )
    _check_awaited(terms, around)


def _check_awaited(terms: Terms, around: Surroundings) -> None:
    """Refuse to end what an open order needs."""
    ending = {item.subscription_id for item in terms.ends} | set(around.leaving)
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


def _check_companions(offering: Offering, beside: Sequence[Offering]) -> None:
    for other in beside:
        if are_exclusive(offering.rule, other.rule):
            raise RuleError(
                _l("%(name)s cannot stand beside %(other)s. Choose one of them."),
                name=Named(offering),
                other=Named(other),
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
    for each in around.going:
        if are_exclusive(offering.rule, each.rule):
            raise RuleError(
                _l(
                    "%(name)s cannot stand beside %(other)s, which ends on %(day)s: order"
                    " %(number)s. Cancel that order first."
                ),
                name=Named(offering),
                other=_name(each.rule.code, around),
                day=Dated(around.leaving[each.id]),
                number=around.orders[each.id],
            )


def _check_needs(offering: Offering, around: Surroundings, beside: Sequence[Offering]) -> None:
    """Refuse unless what it requires is there on the day of the change, and stays."""
    together = [other.rule for other in beside]
    gone = {
        code
        for rule in (offering.rule, *together)
        for code in verdict(rule, around.staying).replaced
    }
    left = [rule for rule in around.staying if rule.code not in gone]
    on_the_day = [*left, *(each.rule for each in around.going), *together]
    lacking = unmet(offering.rule, on_the_day)
    in_the_end = unmet(offering.rule, [*left, *around.arriving, *together])
    if in_the_end and not lacking:
        _refuse_leaving(offering, around, in_the_end)
    if lacking:
        _refuse_missing(offering, around, lacking, is_coming=not in_the_end)


def _refuse_leaving(
    offering: Offering, around: Surroundings, lacking: tuple[Requirement, ...]
) -> None:
    needed = next(each for each in around.going if lacking[0].is_met_by(each.rule))
    raise RuleError(
        _l(
            "%(name)s needs %(needs)s, which ends on %(day)s: order %(number)s. Cancel that order"
            " first."
        ),
        name=Named(offering),
        needs=_name(needed.rule.code, around),
        day=Dated(around.leaving[needed.id]),
        number=around.orders[needed.id],
    )


def _refuse_missing(
    offering: Offering, around: Surroundings, lacking: tuple[Requirement, ...], *, is_coming: bool
) -> None:
    needs = Listed([_wanted(each, around) for each in lacking])
    if is_coming:
        raise RuleError(
            _l("%(name)s needs %(needs)s, which is on its way. Come back when it is ready."),
            name=Named(offering),
            needs=needs,
        )
    raise RuleError(
        _l("%(name)s needs %(needs)s. Connect that first."), name=Named(offering), needs=needs
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
