"""What an account has, as quotes and statements see it. Pure.

A service's price is a step function of days: what it was sold at, the rates that follow, and the
pauses over them. Days are `date`s in local time; an end is exclusive.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from portal.catalog.rules import OfferingRule, PauseRule
from portal.core.money import ZERO
from portal.services.proration import Month, Part, RateKind, part_of
from portal.services.terms import Bond, may_withdraw


@dataclass(frozen=True)
class Rate:
    """From the day `from_on` a service costs `price` a month."""

    from_on: date
    price: Decimal
    kind: RateKind = RateKind.REGULAR


@dataclass(frozen=True)
class Pause:
    """From `from_on` until before `until_on` a service rests and costs `price` a month."""

    from_on: date
    until_on: date
    price: Decimal = ZERO

    def holds_on(self, day: date) -> bool:
        return self.from_on <= day < self.until_on

    def days_in(self, year: int) -> int:
        """Return how many of its days lie in a calendar year."""
        first = max(self.from_on, date(year, 1, 1))
        return max(0, (min(self.until_on, date(year + 1, 1, 1)) - first).days)


@dataclass(frozen=True)
class Running:
    """A subscription: paid from `started_on` until before `ended_on`, at `price` to begin with.

    `rates` come later, in the order of their days. `ends_on` is when an open order will end it.
    `is_resting` says that the network has it paused. `carried` is the term of the service before,
    which moving up did not end.
    """

    id: UUID
    rule: OfferingRule
    price: Decimal
    started_on: date
    ended_on: date | None = None
    term_until: date | None = None
    exit_fee: Decimal = ZERO
    is_promo: bool = False
    rates: tuple[Rate, ...] = ()
    pauses: tuple[Pause, ...] = ()
    pause_rule: PauseRule | None = None
    is_resting: bool = False
    ends_on: date | None = None
    carried: Bond | None = None

    @property
    def bound_until(self) -> date | None:
        """Return the first day on which leaving costs nothing more; None when there is no term."""
        ends = [self.term_until, self.carried.until if self.carried else None]
        return max((end for end in ends if end), default=None)

    def bonds_on(self, day: date) -> tuple[Bond, ...]:
        """Return the terms that leaving on `day` would break, the dearest first.

        In the first days its own does not count yet.
        """
        found = [self.carried] if self.carried else []
        if self.term_until and not may_withdraw(day, self.started_on):
            found.append(Bond(self.term_until, self.exit_fee, self.last_regular))
        dearest_first = sorted(found, key=lambda bond: bond.owed_on(day), reverse=True)
        return tuple(bond for bond in dearest_first if bond.owed_on(day))

    @property
    def last_regular(self) -> Decimal:
        """Return its price once no promotion holds any more."""
        return self.rates[-1].price if self.rates else self.price

    def rate_on(self, day: date) -> Rate:
        """Return the rate of a day, whether or not it runs then."""
        for pause in self.pauses:
            if pause.holds_on(day):
                return Rate(pause.from_on, pause.price, RateKind.PAUSED)
        kind = RateKind.PROMO if self.is_promo else RateKind.REGULAR
        first = Rate(self.started_on, self.price, kind)
        return [first, *(rate for rate in self.rates if rate.from_on <= day)][-1]

    def pause_on(self, day: date) -> Pause | None:
        """Return the pause that holds on a day, or the next one; None if there is none."""
        return next((each for each in self.pauses if each.until_on > day), None)

    def parts(self, month: Month, end: date | None = None) -> tuple[Part, ...]:
        """Return its parts of `month`, one for each rate, if it ends on `end` at the latest."""
        ends = [day for day in (self.ended_on, self.ends_on, end) if day]
        last = min(ends) if ends else date.max
        return tuple(self._parts(month, last))

    def _parts(self, month: Month, end: date) -> Iterator[Part]:
        start = max(self.started_on, month.first_day)
        stop = min(end, month.following.first_day)
        steps = sorted({start, *(day for day in self._turns() if start < day < stop), stop})
        for first, after in pairwise(steps):
            rate = self.rate_on(first)
            if part := part_of(month, rate.price, first, after):
                yield replace(part, kind=rate.kind)

    def _turns(self) -> Iterable[date]:
        yield from (rate.from_on for rate in self.rates)
        for pause in self.pauses:
            yield from (pause.from_on, pause.until_on)


@dataclass(frozen=True)
class Offer:
    """An offering at the price it is offered for now; `promo` is for the first `promo_months`."""

    rule: OfferingRule
    monthly: Decimal
    one_time: Decimal = ZERO
    promo: Decimal | None = None
    promo_months: int = 0
    needs_technician: bool = False
    term_months: int = 0
    exit_fee: Decimal = ZERO

    @property
    def first_monthly(self) -> Decimal:
        """Return what its first month costs."""
        return self.monthly if self.promo is None else self.promo


@dataclass(frozen=True)
class Household:
    """What an account pays for in the month of `day`, the day of a change.

    `running` includes what has ended in that month, and what open orders are bringing (`planned`).
    `charged` are the month's other charges.
    """

    day: date
    running: tuple[Running, ...] = ()
    charged: Decimal = ZERO
    planned: tuple[Running, ...] = ()

    @property
    def month(self) -> Month:
        return Month.of(self.day)

    @property
    def active(self) -> tuple[Running, ...]:
        """Return what is there: begun and not ended, whatever open orders intend."""
        return tuple(each for each in self.running if each.ended_on is None)

    @property
    def paid(self) -> tuple[Running, ...]:
        """Return all that the account pays for in the month."""
        return (*self.running, *self.planned)

    @property
    def monthly(self) -> Decimal:
        """Return what a month costs at the prices of `day`."""
        return sum((each.rate_on(self.day).price for each in self._held()), ZERO)

    @property
    def month_total(self) -> Decimal:
        """Return what the month costs if nothing changes any more."""
        return total(self.paid, self.month) + self.charged

    def _held(self) -> Iterator[Running]:
        for each in (*self.active, *self.planned):
            if each.started_on <= self.day and not (each.ends_on and each.ends_on <= self.day):
                yield each


def total(running: Iterable[Running], month: Month, end: date | None = None) -> Decimal:
    """Return what services cost in a month if they end on `end` at the latest."""
    return sum((part.amount for each in running for part in each.parts(month, end)), ZERO)


def days_of(pauses: Iterable[Pause], year: int) -> int:
    """Return how many days of a calendar year lie in pauses."""
    return sum(pause.days_in(year) for pause in pauses)
