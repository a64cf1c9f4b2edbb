"""Minimal terms: when one ends, and how many months of it are left. Days are local dates."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

# Within these days of the start one leaves without a fee. Source: services.md, "Order".
WITHDRAWAL = timedelta(days=14)


def may_withdraw(today: date, started_on: date) -> bool:
    """Say whether the time to change one's mind still runs."""
    return today < started_on + WITHDRAWAL


def months_later(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of a month that is too short."""
    years, place = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, place + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def term_end(start: date, months: int) -> date | None:
    """Return the first day on which one may leave without a fee; None when there is no term."""
    return months_later(start, months) if months else None


def months_left(today: date, term_until: date | None) -> int:
    """Return how many months of the term are left; a month that has begun counts whole."""
    if term_until is None or term_until <= today:
        return 0
    months = (term_until.year - today.year) * 12 + term_until.month - today.month
    return months if months_later(today, months) >= term_until else months + 1


@dataclass(frozen=True)
class Bond:
    """Until before `until` leaving costs `fee` for each month left.

    `price` is what the service that brought it costs a month: who moves on to one that is not
    cheaper does not leave, but takes the bond along.
    """

    until: date
    fee: Decimal
    price: Decimal

    def owed_on(self, day: date) -> Decimal:
        """Return what leaving on `day` costs."""
        return self.fee * months_left(day, self.until)
