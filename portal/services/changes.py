"""What a customer may ask for, and the words of a quote: items, lines, terms. Pure shapes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from portal.core.money import ZERO
from portal.services.proration import RateKind
from portal.services.terms import Bond, months_later, term_end


class Act(StrEnum):
    """What an item does, in the words of TM Forum's product ordering."""

    ADD = "add"
    MODIFY = "modify"
    DELETE = "delete"


class Change(StrEnum):
    """What a `modify` does."""

    PAUSE = "pause"
    RESUME = "resume"


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
class Wish:
    """What a customer asks for: offerings to connect, or a subscription to end, pause or resume.

    `on` is the day from which it shall hold, None: today. `until` is a pause's first day without.
    """

    act: Act
    codes: tuple[str, ...] = ()
    subscription_id: UUID | None = None
    change: Change | None = None
    on: date | None = None
    until: date | None = None

    def day(self, today: date) -> date:
        """Return the day from which it shall hold, asked on `today`."""
        return self.on or today


@dataclass(frozen=True)
class Item:
    """One change of a quote. `subscription_id` is what ends or changes; None when it begins.

    `monthly` is the regular price a month of what begins or ends, or the price while it pauses.
    `carried` is the term of what it replaces, which goes on.
    """

    act: Act
    cause: Cause
    code: str
    monthly: Decimal
    one_time: Decimal = ZERO
    subscription_id: UUID | None = None
    promo: Decimal | None = None
    promo_months: int = 0
    needs_technician: bool = False
    term_months: int = 0
    exit_fee: Decimal = ZERO
    change: Change | None = None
    until_on: date | None = None
    carried: Bond | None = None

    @property
    def first_monthly(self) -> Decimal:
        """Return what a month costs to begin with."""
        return self.monthly if self.promo is None else self.promo


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
    rate: RateKind = RateKind.REGULAR


@dataclass(frozen=True)
class Later:
    """From the day `on_day` the service `code` costs `monthly` a month: a promise of the quote."""

    on_day: date
    code: str
    monthly: Decimal


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
    later: tuple[Later, ...] = ()

    @property
    def needs_technician(self) -> bool:
        return any(item.needs_technician for item in self.items)

    @property
    def term_months(self) -> int:
        """Return the longest minimal term that begins."""
        return max((item.term_months for item in self.items), default=0)

    @property
    def exit_fee(self) -> Decimal:
        """Return what each month costs that is left of the longest term."""
        longest = (item.exit_fee for item in self.items if item.term_months == self.term_months)
        return next(longest, ZERO)

    @property
    def term_until(self) -> date | None:
        return term_end(self.effective_on, self.term_months)

    @property
    def carried(self) -> Bond | None:
        """Return the term of a replaced service that goes on, the dearest of several."""
        found = (item.carried for item in self.items if item.carried)
        return max(found, key=lambda bond: bond.owed_on(self.effective_on), default=None)

    @property
    def asked(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.cause is Cause.ASKED)

    @property
    def begins(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.act is Act.ADD)

    @property
    def ends(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.act is Act.DELETE)

    @property
    def touched(self) -> frozenset[UUID]:
        """Return the subscriptions that end or change."""
        return frozenset(item.subscription_id for item in self.items if item.subscription_id)

    @property
    def fees(self) -> tuple[Line, ...]:
        """Return the lines of what is paid once because of this change, if it is anything."""
        kinds = {LineKind.ONE_TIME, LineKind.EARLY_EXIT}
        return tuple(line for line in self.lines if line.kind in kinds and line.amount)

    @property
    def one_time(self) -> Decimal:
        """Return what is paid once because of this change."""
        return sum((line.amount for line in self.fees), ZERO)

    @property
    def monthly_change(self) -> Decimal:
        return self.monthly_after - self.monthly_before

    @property
    def month_change(self) -> Decimal:
        return self.month_after - self.month_before


def promises_of(items: tuple[Item, ...], effective_on: date) -> Iterator[Later]:
    """Give the prices that follow promotions."""
    for item in items:
        if item.promo is not None:
            yield Later(months_later(effective_on, item.promo_months), item.code, item.monthly)


_TERMS = TypeAdapter(Terms)
_WISH = TypeAdapter(Wish)


def to_json(terms: Terms) -> dict[str, Any]:
    """Return the terms as they are kept in a quote's row."""
    kept: dict[str, Any] = _TERMS.dump_python(terms, mode="json")
    return kept


def from_json(kept: dict[str, Any]) -> Terms:
    """Return the terms of a quote's row."""
    return _TERMS.validate_python(kept)


def wish_to_json(wish: Wish) -> dict[str, Any]:
    """Return a wish as it is kept in a quote's row."""
    kept: dict[str, Any] = _WISH.dump_python(wish, mode="json")
    return kept


def wish_from_json(kept: dict[str, Any]) -> Wish:
    """Return the wish of a quote's row."""
    return _WISH.validate_python(kept)
