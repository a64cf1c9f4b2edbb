"""What was quoted, on the day on which the technician comes."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalog.families import Family
from portal.catalog.rules import OfferingRule
from portal.core.money import ZERO
from portal.services.changes import LineKind
from portal.services.household import Household, Offer, Running
from portal.services.proration import Month
from portal.services.quoting import connect
from portal.services.restating import restated

OLD = OfferingRule("old", Family.INTERNET, is_plan=True)
NEW = OfferingRule("new", Family.INTERNET, is_plan=True, replaces=frozenset({"old"}))
RULES = {"new": NEW}
TODAY = date(2026, 11, 22)
LONG_AGO = date(2025, 3, 1)
UNTIL = date(2027, 1, 5)

sums = st.integers(0, 3_000_000).map(lambda tiyn: Decimal(tiyn) / 100)
starts = st.dates(LONG_AGO, TODAY)
ends = st.none() | st.dates(TODAY, date(2027, 12, 31))
delays = st.integers(0, 400).map(timedelta)


def having(price=Decimal(8990), started_on=LONG_AGO, term_until=UNTIL, exit_fee=Decimal(1000)):
    return Running(UUID(int=1), OLD, price, started_on, term_until=term_until, exit_fee=exit_fee)


def quoted(held, monthly=Decimal(6000), one_time=Decimal(5000)):
    return connect([Offer(NEW, monthly, one_time, needs_technician=True)], Household(TODAY, held))


def amounts(terms):
    return [(line.kind.value, line.code, line.amount) for line in terms.lines]


@pytest.mark.parametrize(
    ("day", "old", "new", "fee"),
    [
        (TODAY, 6293, 1800, 2000),  # as quoted
        (date(2026, 11, 30), 8690, 200, 2000),
        (date(2026, 12, 1), 0, 6000, 2000),  # another month: nothing of the old service
        (date(2026, 12, 6), 1450, 5032, 1000),  # a month less is left
        (date(2027, 1, 5), 1160, 5226, 0),  # the term is over
    ],
)
def test_the_days_are_counted_anew_and_the_fee_falls_with_the_months_left(day, old, new, fee):
    held = (having(),)

    again = restated(quoted(held), Household(day, held), RULES)

    wanted = [
        ("days", "old", old),
        ("early_exit", "old", fee),
        ("days", "new", new),
        ("one_time", "new", 5000),
    ]
    assert amounts(again) == [row for row in wanted if row[2]]
    assert again.month_after == old + new + fee + 5000
    assert (again.month_before, again.effective_on) == (8990, day)


def test_whoever_was_quoted_no_fee_pays_none_when_his_first_days_are_over():
    held = (having(started_on=TODAY - timedelta(days=10)),)
    terms = quoted(held)

    again = restated(terms, Household(TODAY + timedelta(days=10), held), RULES)

    assert terms.one_time == again.one_time == 5000


def test_a_rise_since_the_quote_does_not_raise_its_fee():
    terms = quoted((having(),))
    dearer = (having(exit_fee=Decimal(1500)),)

    again = restated(terms, Household(TODAY, dearer), RULES)

    [fee] = (line for line in again.lines if line.kind is LineKind.EARLY_EXIT)
    assert (fee.count, fee.price, fee.amount) == (2, 1000, 2000)


@given(price=sums, started=starts, until=ends, fee=sums, monthly=sums, once=sums, delay=delays)
def test_a_later_day_never_costs_a_higher_fee(price, started, until, fee, monthly, once, delay):
    held = (having(price, started, until, fee),)
    terms, day = quoted(held, monthly, once), TODAY + delay

    again = restated(terms, Household(day, held), RULES)

    assert again.one_time <= terms.one_time
    assert sum((line.amount for line in again.lines), ZERO) == again.month_after
    assert all(line.count * line.price == line.amount for line in again.fees if line.count)
    parts = [line for line in again.lines if line.kind is LineKind.DAYS]
    month = Month.of(day)
    first = max(started, month.first_day)
    assert sum(line.count for line in parts) == month.days - first.day + 1
    assert again.monthly_after == terms.monthly_after


@given(price=sums, until=ends, fee=sums, monthly=sums, once=sums)
def test_on_its_own_day_a_quote_is_what_it_was(price, until, fee, monthly, once):
    held = (having(price, LONG_AGO, until, fee),)
    terms = quoted(held, monthly, once)

    assert restated(terms, Household(TODAY, held), RULES) == terms
