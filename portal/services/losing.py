"""What a customer loses with a service, what stays, and what he could do instead."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from portal.catalog.models import Offering
from portal.catalog.queries import Priced
from portal.catalog.rules import PauseRule, verdict
from portal.core.money import ZERO
from portal.services import quoting
from portal.services.changes import Cause, Item, Line, LineKind, Terms
from portal.services.household import Running
from portal.services.judging import Surroundings, check_terms
from portal.services.shelves import offered

MOST_SHOWN = 12
MOST_CHEAPER = 3


@dataclass(frozen=True)
class Ending:
    """A service that ends; `along`: only because it cannot stay alone.

    `fee` is for leaving early: `a_month` for each of the `months` that are left.
    """

    offering: Offering
    along: bool
    monthly: Decimal
    fee: Decimal = ZERO
    months: int = 0
    a_month: Decimal = ZERO


@dataclass(frozen=True)
class Instead:
    """A cheaper offering that could take the place, and how much less a month would cost."""

    priced: Priced
    less: Decimal


@dataclass(frozen=True)
class Losing:
    """All that a page says before somebody leaves a service today."""

    ends: tuple[Ending, ...]
    stays: tuple[str, ...]
    stays_more: int
    monthly_before: Decimal
    monthly_after: Decimal
    cheaper: tuple[Instead, ...]
    pause: PauseRule | None

    @property
    def fee(self) -> Decimal:
        return sum((each.fee for each in self.ends), ZERO)


def losing(subscription_id: UUID, around: Surroundings, priced: Iterable[Priced]) -> Losing:
    """Return what ends with a running subscription today, and what could be done instead.

    Raises RuleError if an open order is in the way.
    """
    held = next(each for each in around.household.active if each.id == subscription_id)
    terms = quoting.disconnect(held.id, around.household)
    check_terms(terms, around)
    staying = _staying(terms, around)
    return Losing(
        ends=tuple(_ending(item, terms, around) for item in terms.ends),
        stays=tuple(offering.name for offering in staying[:MOST_SHOWN]),
        stays_more=max(0, len(staying) - MOST_SHOWN),
        monthly_before=terms.monthly_before,
        monthly_after=terms.monthly_after,
        cheaper=_cheaper(held, around, priced),
        pause=None if held.pause_on(around.household.day) else held.pause_rule,
    )


def _staying(terms: Terms, around: Surroundings) -> list[Offering]:
    """Return what is held and does not end, in the order of the catalogue."""
    active = around.household.active
    codes = [each.rule.code for each in active if each.id not in terms.touched]
    return sorted((around.offerings[code] for code in codes), key=lambda one: one.position)


def _ending(item: Item, terms: Terms, around: Surroundings) -> Ending:
    line = _exit_line(item, terms)
    return Ending(
        around.offerings[item.code],
        along=item.cause is Cause.CASCADE,
        monthly=item.monthly,
        fee=line.amount if line else ZERO,
        months=line.count if line else 0,
        a_month=line.price if line else ZERO,
    )


def _exit_line(item: Item, terms: Terms) -> Line | None:
    fees = (line for line in terms.lines if line.kind is LineKind.EARLY_EXIT)
    return next((line for line in fees if line.code == item.code), None)


def _cheaper(held: Running, around: Surroundings, priced: Iterable[Priced]) -> tuple[Instead, ...]:
    """Return what would replace it for less, the nearest in price first."""
    found = [
        Instead(each, held.last_regular - each.monthly)
        for each in priced
        if each.monthly < held.last_regular
        and held.rule.code in verdict(each.offering.rule, [held.rule]).replaced
        and offered(each, around).may_connect
    ]
    return tuple(sorted(found, key=lambda one: one.less)[:MOST_CHEAPER])
