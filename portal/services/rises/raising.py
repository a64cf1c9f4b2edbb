"""What a rise does to the price of a service that runs. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from portal.services.household import Rate, Running
from portal.services.proration import RateKind

NOTICE = timedelta(days=30)  # Source: services.md, "Catalogue"


def earliest(today: date) -> date:
    """Return the first day from which a price that is announced today may be dearer."""
    return today + NOTICE


def risen(held: Running, monthly: Decimal, from_on: date) -> tuple[date, tuple[Rate, ...]] | None:
    """Return the day on which `held` becomes dearer, and its rates with it; None: nothing changes.

    Who is bound by a minimal term keeps the price until it ends, and a promotion is kept as it
    was promised. A rise lowers no price, and the same rise twice is one.
    """
    begins = max(from_on, held.bound_until or from_on, held.started_on)
    rates = (*_before(held, begins), *_at(held, monthly, begins), *_after(held, monthly, begins))
    dearer = [rate.from_on for rate in rates if rate not in held.rates]
    is_over = held.ended_on is not None or (held.ends_on is not None and held.ends_on <= begins)
    return None if is_over or not dearer else (min(dearer), rates)


def _before(held: Running, begins: date) -> Iterator[Rate]:
    yield from (rate for rate in held.rates if rate.from_on < begins)


def _at(held: Running, monthly: Decimal, begins: date) -> Iterator[Rate]:
    if any(rate.from_on == begins for rate in held.rates):
        return
    standing = replace(held, pauses=()).rate_on(begins)
    if standing.kind is RateKind.REGULAR and standing.price < monthly:
        yield Rate(begins, monthly)


def _after(held: Running, monthly: Decimal, begins: date) -> Iterator[Rate]:
    for rate in held.rates:
        if rate.from_on >= begins:
            is_regular = rate.kind is RateKind.REGULAR
            yield replace(rate, price=max(rate.price, monthly)) if is_regular else rate
