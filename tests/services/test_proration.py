from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.services.proration import Month, part_of

NOVEMBER = Month(2026, 11)
months = st.builds(Month, st.integers(2024, 2032), st.integers(1, 12))
whole_prices = st.integers(0, 200_000).map(Decimal)
tiyn_prices = st.integers(0, 20_000_000).map(lambda tiyn: Decimal(tiyn) / 100)
prices = whole_prices | tiyn_prices


def pieces(month, price, cuts):
    """Cut the month at the given days and return the amounts of its pieces."""
    edges = sorted({0, month.days, *(cut % (month.days + 1) for cut in cuts)})
    days = [month.first_day + timedelta(days=edge) for edge in edges]
    return [part_of(month, price, start, end) for start, end in pairwise(days)]


@pytest.mark.parametrize(
    ("start", "end", "price", "amount"),
    [
        (date(2026, 11, 1), date(2026, 11, 22), "6990", "4893"),
        (date(2026, 11, 22), None, "8990", "2697"),
        (date(2025, 1, 15), None, "6990", "6990"),
        (date(2026, 11, 30), None, "1", "0"),
        (date(2026, 11, 1), None, "0.50", "0.50"),
    ],
)
def test_days_are_paid_as_the_terms_say(start, end, price, amount):
    part = part_of(NOVEMBER, Decimal(price), start, end)

    assert part.amount == Decimal(amount)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 11, 22), date(2026, 11, 22)),
        (date(2026, 12, 1), None),
        (date(2026, 9, 1), date(2026, 11, 1)),
    ],
)
def test_a_service_that_does_not_end_a_day_in_the_month_costs_nothing(start, end):
    assert part_of(NOVEMBER, Decimal(6990), start, end) is None


def test_a_part_names_its_days():
    part = part_of(NOVEMBER, Decimal(6990), date(2026, 11, 13), None)

    assert (part.days, part.month_days, part.is_whole) == (18, 30, False)
    assert (part.first_day, part.last_day) == (date(2026, 11, 13), date(2026, 11, 30))


@given(months, prices, st.lists(st.integers(0, 31)))
def test_a_month_in_pieces_costs_what_the_month_costs(month, price, cuts):
    amounts = [piece.amount for piece in pieces(month, price, cuts)]

    assert sum(amounts) == price
    assert all(amount >= 0 for amount in amounts)


@given(months, whole_prices, st.lists(st.integers(0, 31)))
def test_a_whole_price_gives_whole_sums(month, price, cuts):
    assert all(p.amount == p.amount.to_integral_value() for p in pieces(month, price, cuts))


@given(months, prices, st.integers(1, 31), st.integers(1, 31))
def test_a_piece_is_never_further_than_a_step_from_its_exact_share(month, price, one, other):
    first, last = sorted((min(one, month.days), min(other, month.days)))
    part = part_of(
        month,
        price,
        month.first_day.replace(day=first),
        month.first_day.replace(day=last) + timedelta(days=1),
    )

    exact = price * part.days / month.days
    assert abs(part.amount - exact) <= 1


@given(prices, prices, st.integers(1, 30))
def test_there_and_back_on_one_day_costs_nothing(price, other_price, day):
    """The first plan ends every day, so the second has no day of its own."""
    on = date(2026, 11, day)

    before = part_of(NOVEMBER, price, date(2026, 10, 1), on)
    between = part_of(NOVEMBER, other_price, on, on)
    after = part_of(NOVEMBER, price, on, None)

    assert between is None
    assert (before.amount if before else 0) + after.amount == price


@given(st.dates(date(2024, 1, 1), date(2032, 12, 1)))
def test_months_follow_each_other(day):
    month = Month.of(day)

    assert month.following.preceding == month
    assert month.following.first_day == month.last_day + timedelta(days=1)
