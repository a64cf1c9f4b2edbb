"""A month's price by calendar days.

A day belongs to the plan in force at its end, in the operator's time. A part of a month costs
the difference of two rounded cumulative sums, so that the parts of an unchanged month add up to
the month's price exactly. Days are `date`s in local time; an end is exclusive.
Source: services.md, "Quote".
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from portal.core.money import CENT, TENGE


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month; the first month is 1."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.number, self.days)

    @property
    def days(self) -> int:
        return calendar.monthrange(self.year, self.number)[1]

    @property
    def following(self) -> "Month":
        return Month.of(self.last_day + timedelta(days=1))

    @property
    def preceding(self) -> "Month":
        return Month.of(self.first_day - timedelta(days=1))


class RateKind(StrEnum):
    """Why a price holds."""

    REGULAR = "regular"
    PROMO = "promo"
    PAUSED = "paused"


@dataclass(frozen=True)
class Part:
    """Some days of a month at a month's price: `days` of `month_days` x `price` make `amount`.

    `kind` says why the price holds.
    """

    first_day: date
    last_day: date
    month_days: int
    price: Decimal
    amount: Decimal
    kind: RateKind = RateKind.REGULAR

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    @property
    def is_whole(self) -> bool:
        return self.days == self.month_days


def cumulative(price: Decimal, days: int, month_days: int) -> Decimal:
    """Return what the first `days` of a month cost: whole tenge, unless the price has tiyn."""
    step = TENGE if price == price.to_integral_value() else CENT
    return (price * days / month_days).quantize(step, ROUND_HALF_UP).quantize(CENT)


def part_of(month: Month, price: Decimal, start: date, end: date | None) -> Part | None:
    """Return the part of `month` in which a service of `price` a month runs, None if it does not.

    It runs from the day `start` until before the day `end` (None: it goes on).
    """
    first = max(start, month.first_day)
    after = min(end or date.max, month.following.first_day)
    if first >= after:
        return None
    last = after - timedelta(days=1)
    amount = cumulative(price, last.day, month.days) - cumulative(price, first.day - 1, month.days)
    return Part(first, last, month.days, price, amount)
