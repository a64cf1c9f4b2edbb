"""The terms of a change: what begins, what ends with it, and each sum with its derivation.

Pure: the same household, offer and day always give the same terms. So an order can be checked
by composing its quote once more and comparing.
Source: services.md, "Quote".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from portal.catalog.rules import OfferingRule, orphans, verdict
from portal.core.money import ZERO
from portal.services.proration import Month, Part, part_of
from portal.services.terms import may_withdraw, months_left, term_end


class Act(StrEnum):
    """What an item does, in the words of TM Forum's product ordering."""

    ADD = "add"
    DELETE = "delete"


class Cause(StrEnum):
    """Why an item is in the quote: the customer asked, it is replaced, or it cannot stay alone."""

    ASKED = "asked"
    REPLACED = "replaced"
    CASCADE = "cascade"


class LineKind(StrEnum):
    DAYS = "days"
    ONE_TIME = "one_time"
    EARLY_EXIT = "early_exit"
    OTHERS = "others"


@dataclass(frozen=True)
class Running:
    """A subscription as quotes see it. It is paid from `started_on` until before `ended_on`."""

    id: UUID
    rule: OfferingRule
    price: Decimal
    started_on: date
    ended_on: date | None = None
    term_until: date | None = None
    exit_fee: Decimal = ZERO

    def part(self, month: Month, end: date | None = None) -> Part | None:
        """Return its part of `month` if it ends on `end` at the latest."""
        ends = [day for day in (self.ended_on, end) if day]
        return part_of(month, self.price, self.started_on, min(ends) if ends else None)


@dataclass(frozen=True)
class Offer:
    """An offering at the price it is offered for now."""

    rule: OfferingRule
    monthly: Decimal
    one_time: Decimal = ZERO
    needs_technician: bool = False
    term_months: int = 0
    exit_fee: Decimal = ZERO


@dataclass(frozen=True)
class Household:
    """What an account pays for in the month of `today`: subscriptions and other charges."""

    today: date
    running: tuple[Running, ...] = ()
    charged: Decimal = ZERO

    @property
    def month(self) -> Month:
        return Month.of(self.today)

    @property
    def active(self) -> tuple[Running, ...]:
        return tuple(each for each in self.running if each.ended_on is None)


@dataclass(frozen=True)
class Item:
    """One change of a quote. `subscription_id` is what ends; None when something begins."""

    act: Act
    cause: Cause
    code: str
    monthly: Decimal
    one_time: Decimal = ZERO
    subscription_id: UUID | None = None


@dataclass(frozen=True)
class Line:
    """A sum of this month. `count` x `price` explain it: days of `of_days`, or months left."""

    kind: LineKind
    amount: Decimal
    code: str = ""
    price: Decimal = ZERO
    count: int = 0
    of_days: int = 0
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class Terms:
    """All that a quote promises. Sums include VAT; `month_*` are of the month of `effective_on`."""

    effective_on: date
    items: tuple[Item, ...]
    lines: tuple[Line, ...]
    month_before: Decimal
    month_after: Decimal
    monthly_before: Decimal
    monthly_after: Decimal
    needs_technician: bool = False
    term_months: int = 0
    exit_fee: Decimal = ZERO

    @property
    def term_until(self) -> date | None:
        return term_end(self.effective_on, self.term_months)

    @property
    def begins(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.act is Act.ADD)

    @property
    def ends(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.act is Act.DELETE)

    @property
    def one_time(self) -> Decimal:
        """Return what is paid once because of this change."""
        kinds = {LineKind.ONE_TIME, LineKind.EARLY_EXIT}
        return sum((line.amount for line in self.lines if line.kind in kinds), ZERO)

    @property
    def monthly_change(self) -> Decimal:
        return self.monthly_after - self.monthly_before

    @property
    def month_change(self) -> Decimal:
        return self.month_after - self.month_before


_JSON = TypeAdapter(Terms)


def to_json(terms: Terms) -> dict[str, Any]:
    """Return the terms as they are kept in a quote's row."""
    kept: dict[str, Any] = _JSON.dump_python(terms, mode="json")
    return kept


def from_json(kept: dict[str, Any]) -> Terms:
    """Return the terms of a quote's row."""
    return _JSON.validate_python(kept)


def connect(offer: Offer, household: Household) -> Terms:
    """Return the terms of connecting `offer` today, with what it replaces and what ends with that.

    Whether the offer may be connected at all is the caller's question to `rules.verdict`.
    """
    active = household.active
    replaced_codes = verdict(offer.rule, [each.rule for each in active]).replaced
    replaced = [each for each in active if each.rule.code in replaced_codes]
    left = [each for each in active if each not in replaced]
    asked = Item(Act.ADD, Cause.ASKED, offer.rule.code, offer.monthly, offer.one_time)
    lost = _orphaned(left, [offer.rule])
    items = (asked, *_endings(replaced, Cause.REPLACED), *_endings(lost, Cause.CASCADE))
    return _terms(household, items, [*replaced, *lost], offer)


def disconnect(subscription_id: UUID, household: Household) -> Terms:
    """Return the terms of ending a subscription today, with all that cannot stay without it."""
    asked = [each for each in household.active if each.id == subscription_id]
    left = [each for each in household.active if each.id != subscription_id]
    lost = _orphaned(left, [])
    items = (*_endings(asked, Cause.ASKED), *_endings(lost, Cause.CASCADE))
    return _terms(household, items, [*asked, *lost], None)


def month_total(household: Household) -> Decimal:
    """Return what the month costs if nothing changes any more."""
    parts = (each.part(household.month) for each in household.running)
    return sum((part.amount for part in parts if part), household.charged)


def _orphaned(left: Sequence[Running], arriving: Iterable[OfferingRule]) -> list[Running]:
    lost = orphans([*(each.rule for each in left), *arriving])
    return [each for code in lost for each in left if each.rule.code == code]


def _endings(ending: Iterable[Running], cause: Cause) -> Iterable[Item]:
    return (
        Item(Act.DELETE, cause, each.rule.code, each.price, subscription_id=each.id)
        for each in ending
    )


def _terms(
    household: Household, items: tuple[Item, ...], ending: list[Running], offer: Offer | None
) -> Terms:
    lines = (
        *_ending_lines(household, ending),
        *_exit_lines(household, ending, offer),
        *(_beginning_lines(household, offer) if offer else ()),
        *_other_lines(household, ending),
    )
    before = sum((each.price for each in household.active), ZERO)
    lost = sum((each.price for each in ending), ZERO)
    return Terms(
        effective_on=household.today,
        items=items,
        lines=lines,
        month_before=month_total(household),
        month_after=sum((line.amount for line in lines), ZERO),
        monthly_before=before,
        monthly_after=before - lost + (offer.monthly if offer else ZERO),
        needs_technician=bool(offer and offer.needs_technician),
        term_months=offer.term_months if offer else 0,
        exit_fee=offer.exit_fee if offer else ZERO,
    )


def _days_line(code: str, part: Part) -> Line:
    return Line(
        kind=LineKind.DAYS,
        amount=part.amount,
        code=code,
        price=part.price,
        count=part.days,
        of_days=part.month_days,
        first_day=part.first_day,
        last_day=part.last_day,
    )


def _ending_lines(household: Household, ending: list[Running]) -> Iterable[Line]:
    for each in ending:
        if part := each.part(household.month, household.today):
            yield _days_line(each.rule.code, part)


def _exit_lines(household: Household, ending: list[Running], offer: Offer | None) -> Iterable[Line]:
    """Give the fees for leaving before the minimal term.

    Moving up within a family is free, and so is leaving in the first days.
    """
    for each in ending:
        moves_up = offer and offer.rule.family is each.rule.family and offer.monthly >= each.price
        is_free = moves_up or may_withdraw(household.today, each.started_on)
        months = 0 if is_free else months_left(household.today, each.term_until)
        if months and each.exit_fee:
            amount = each.exit_fee * months
            yield Line(LineKind.EARLY_EXIT, amount, each.rule.code, each.exit_fee, months)


def _beginning_lines(household: Household, offer: Offer) -> Iterable[Line]:
    if part := part_of(household.month, offer.monthly, household.today, None):
        yield _days_line(offer.rule.code, part)
    yield Line(LineKind.ONE_TIME, offer.one_time, offer.rule.code)


def _other_lines(household: Household, ending: list[Running]) -> Iterable[Line]:
    parts = (each.part(household.month) for each in household.running if each not in ending)
    amount = sum((part.amount for part in parts if part), household.charged)
    if amount:
        yield Line(LineKind.OTHERS, amount)
