"""Why one month differs from the next: reasons with days, and sums that add up exactly."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalog.families import Family
from portal.catalog.rules import OfferingRule
from portal.services.differences import Turn, explained
from portal.services.household import Pause, Rate, Running
from portal.services.proration import Month, RateKind
from portal.services.statement import Extra, monthly_reference, statement_of

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
LONG_AGO = date(2025, 3, 1)
days = st.dates(date(2026, 9, 1), date(2027, 1, 31))
prices = st.integers(0, 3_000_000).map(lambda tiyn: Decimal(tiyn) / 100)


def running(code="net", price=6990, started_on=LONG_AGO, **more):
    rule = OfferingRule(code=code, family=Family.INTERNET)
    return Running(id=uuid4(), rule=rule, price=Decimal(price), started_on=started_on, **more)


@st.composite
def services(draw):
    start = draw(days | st.just(LONG_AGO))
    pauses = draw(st.lists(st.tuples(days, st.integers(1, 60), prices), max_size=1))
    return running(
        price=draw(prices),
        started_on=start,
        is_promo=draw(st.booleans()),
        ended_on=draw(st.none() | st.dates(start, date(2027, 2, 28))),
        rates=tuple(
            Rate(day, price, draw(st.sampled_from(RateKind)))
            for day, price in sorted(draw(st.dictionaries(days, prices, max_size=2)).items())
            if day > start
        ),
        pauses=tuple(Pause(day, day + timedelta(days=n), price) for day, n, price in pauses),
    )


extras = st.builds(
    Extra,
    reference=st.sampled_from("abcdef"),
    kind=st.sampled_from(("one_time", "early_exit", "compensation", "correction")),
    amount=st.integers(-90_000, 90_000).map(Decimal),
    is_billed=st.booleans(),
)


@given(
    held=st.lists(services(), max_size=5),
    planned=st.lists(services(), max_size=2),
    old=st.lists(extras, max_size=3),
    new=st.lists(extras, max_size=3),
    billed=st.sets(st.tuples(st.integers(0, 4), st.sampled_from((OCTOBER, NOVEMBER)))),
)
def test_what_is_explained_is_the_whole_difference(held, planned, old, new, billed):
    monthly = {OCTOBER: list(old), NOVEMBER: list(new)}
    for place, month in billed:
        if place < len(held):
            reference = monthly_reference(held[place].id, month)
            monthly[month].append(Extra(reference, "monthly", Decimal(777), is_billed=True))
    before = statement_of(OCTOBER, held, monthly[OCTOBER])
    meant = statement_of(OCTOBER, [*held, *planned], monthly[OCTOBER])
    after = statement_of(NOVEMBER, [*held, *planned], monthly[NOVEMBER])

    found = explained(before, after, meant=meant)

    assert sum((each.amount for each in found), Decimal(0)) == after.total - before.total
    assert all(each.amount for each in found)
    assert all(each.turns or each.once or each.is_billed for each in found)


@given(st.lists(services(), max_size=5))
def test_what_is_reckoned_by_days_has_a_reason_with_its_day(held):
    found = explained(statement_of(OCTOBER, held, []), statement_of(NOVEMBER, held, []))

    for each in found:
        assert each.turns
        assert all(OCTOBER.first_day <= day <= date(2026, 12, 1) for _, day in each.turns)


@pytest.mark.parametrize(
    ("service", "amount", "turns"),
    [
        (running(started_on=date(2026, 11, 1)), 6990, [(Turn.BEGINS, date(2026, 11, 1))]),
        (running(started_on=date(2026, 10, 22)), 4735, [(Turn.BEGINS, date(2026, 10, 22))]),
        (running(ended_on=date(2026, 11, 1)), -6990, [(Turn.ENDS, date(2026, 11, 1))]),
        (running(ended_on=date(2026, 11, 11)), -4660, [(Turn.ENDS, date(2026, 11, 11))]),
        (
            running(price=3000, is_promo=True, rates=(Rate(date(2026, 11, 1), Decimal(6990)),)),
            3990,
            [(Turn.REGULAR, date(2026, 11, 1))],
        ),
        (
            running(pauses=(Pause(date(2026, 11, 1), date(2027, 1, 1)),)),
            -6990,
            [(Turn.PAUSES, date(2026, 11, 1))],
        ),
        (
            running(pauses=(Pause(date(2026, 10, 1), date(2026, 11, 1)),)),
            6990,
            [(Turn.RESUMES, date(2026, 11, 1))],
        ),
        (
            running(rates=(Rate(date(2026, 11, 1), Decimal(7490)),)),
            500,
            [(Turn.REPRICED, date(2026, 11, 1))],
        ),
    ],
)
def test_each_turn_is_named_with_its_day(service, amount, turns):
    [found] = explained(statement_of(OCTOBER, [service], []), statement_of(NOVEMBER, [service], []))

    assert found.amount == amount
    assert list(found.turns) == turns


def test_what_is_as_it_was_is_no_difference():
    assert explained(statement_of(OCTOBER, [running()], []), statement_of(NOVEMBER, [], []))
    same = running()
    held = [statement_of(month, [same], []) for month in (OCTOBER, NOVEMBER)]
    assert explained(*held) == []


def test_a_fee_is_of_its_month_alone():
    fee = Extra("order:1", "one_time", Decimal(5000), code="tv-box")
    [gone] = explained(statement_of(OCTOBER, [], [fee]), statement_of(NOVEMBER, [], []))

    assert (gone.amount, gone.once) == (-5000, OCTOBER.first_day)


def test_a_planned_end_is_explained_by_its_day_and_not_by_the_end_of_the_month():
    held = running()
    meant = Running(**{**held.__dict__, "ends_on": date(2026, 10, 28)})
    [found] = explained(
        statement_of(OCTOBER, [held], []),
        statement_of(NOVEMBER, [meant], []),
        meant=statement_of(OCTOBER, [meant], []),
    )

    assert found.amount == -6990
    assert found.turns == ((Turn.ENDS, date(2026, 10, 28)),)
