from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalog.families import Family
from portal.catalog.rules import OfferingRule, Requirement
from portal.services.changes import Act, Cause, LineKind, from_json, to_json
from portal.services.household import Household, Offer, Running
from portal.services.quoting import connect, disconnect
from portal.services.terms import months_later, months_left

NEEDS_INTERNET = (Requirement(plan_of=Family.INTERNET),)
PLAN_200 = OfferingRule(
    "vmeste-200", Family.INTERNET, is_plan=True, replaces=frozenset({"vmeste-500"})
)
PLAN_500 = OfferingRule(
    "vmeste-500", Family.INTERNET, is_plan=True, replaces=frozenset({"vmeste-200"})
)
CONTROL = OfferingRule("parental-control", Family.SECURITY, requires=NEEDS_INTERNET)
BOOST = OfferingRule(
    "night-boost", Family.OPTION, requires=(Requirement(any_of=frozenset({"vmeste-200"})),)
)
PHONE = OfferingRule("phone-home", Family.PHONE, is_plan=True)
TODAY = date(2026, 11, 22)
LONG_AGO = date(2025, 3, 1)

days = st.dates(date(2026, 11, 1), date(2026, 11, 30))
starts = st.dates(date(2026, 9, 1), date(2026, 11, 30))
sums = st.integers(0, 50_000).map(Decimal)


def running(rule, price, **changes):
    return Running(**{"id": uuid4(), "rule": rule, "price": Decimal(price)} | changes)


def since_long(rule, price, **changes):
    return running(rule, price, started_on=LONG_AGO, **changes)


def test_the_terms_of_the_mock_add_up():
    others = since_long(PHONE, 6000)
    household = Household(TODAY, (since_long(PLAN_200, 6990), others))

    terms = connect([Offer(PLAN_500, Decimal(8990))], household)

    assert [(line.kind, line.amount) for line in terms.lines] == [
        (LineKind.DAYS, 4893),
        (LineKind.DAYS, 2697),
        (LineKind.ONE_TIME, 0),
        (LineKind.OTHERS, 6000),
    ]
    assert (terms.month_before, terms.month_after) == (12990, 13590)
    assert (terms.monthly_before, terms.monthly_after) == (12990, 14990)


def test_a_replaced_plan_takes_along_only_what_the_new_plan_does_not_bear():
    held = (since_long(PLAN_200, 6990), since_long(CONTROL, 690), since_long(BOOST, 490))

    terms = connect([Offer(PLAN_500, Decimal(8990))], Household(TODAY, held))

    assert [(item.act, item.cause, item.code) for item in terms.items] == [
        (Act.ADD, Cause.ASKED, "vmeste-500"),
        (Act.DELETE, Cause.REPLACED, "vmeste-200"),
        (Act.DELETE, Cause.CASCADE, "night-boost"),
    ]


def test_what_needs_the_internet_ends_with_it():
    plan = since_long(PLAN_200, 6990)
    held = (plan, since_long(CONTROL, 690), since_long(PHONE, 1150))

    terms = disconnect(plan.id, Household(TODAY, held))

    assert [(item.code, item.cause) for item in terms.ends] == [
        ("vmeste-200", Cause.ASKED),
        ("parental-control", Cause.CASCADE),
    ]
    assert terms.monthly_after == 1150


@pytest.mark.parametrize(
    ("today", "until", "months"),
    [
        (date(2026, 11, 22), date(2027, 11, 22), 12),
        (date(2026, 11, 23), date(2027, 11, 22), 12),
        (date(2026, 11, 30), date(2027, 2, 28), 3),
        (date(2027, 10, 22), date(2027, 11, 22), 1),
        (date(2027, 11, 21), date(2027, 11, 22), 1),
        (date(2027, 11, 22), date(2027, 11, 22), 0),
        (date(2027, 11, 22), None, 0),
    ],
)
def test_a_month_of_the_term_that_has_begun_counts_whole(today, until, months):
    assert months_left(today, until) == months


def test_leaving_before_the_term_costs_each_month_left():
    plan = since_long(PLAN_500, 8990, term_until=date(2027, 1, 5), exit_fee=Decimal(1000))

    terms = disconnect(plan.id, Household(TODAY, (plan,)))

    [fee] = [line for line in terms.lines if line.kind is LineKind.EARLY_EXIT]
    assert (fee.count, fee.price, fee.amount) == (2, 1000, 2000)
    assert terms.one_time == 2000


@pytest.mark.parametrize(("price", "fee"), [(12990, 0), (8990, 0), (5490, 2000)])
def test_moving_up_is_free_and_moving_down_is_not(price, fee):
    plan = since_long(PLAN_500, 8990, term_until=date(2027, 1, 5), exit_fee=Decimal(1000))

    terms = connect([Offer(PLAN_200, Decimal(price))], Household(TODAY, (plan,)))

    assert terms.one_time == fee


@pytest.mark.parametrize(("day", "fee"), [(8, 12000), (9, 0), (22, 0)])
def test_leaving_in_the_first_14_days_is_free(day, fee):
    plan = running(
        PLAN_500,
        8990,
        started_on=date(2026, 11, day),
        term_until=date(2027, 11, day),
        exit_fee=Decimal(1000),
    )

    terms = disconnect(plan.id, Household(TODAY, (plan,)))

    assert terms.one_time == fee


def test_a_term_of_the_new_plan_is_named():
    terms = connect([Offer(PLAN_500, Decimal(8990), term_months=12)], Household(TODAY))

    assert terms.term_until == date(2027, 11, 22)


def test_what_ended_this_month_is_still_paid_for():
    gone = since_long(PHONE, 1150, ended_on=date(2026, 11, 16))

    terms = connect([Offer(PLAN_200, Decimal(6990))], Household(TODAY, (gone,)))

    assert terms.month_before == Decimal(575)
    assert terms.monthly_before == 0


def test_terms_survive_being_kept():
    plan = since_long(PLAN_500, 8990, term_until=date(2027, 1, 5), exit_fee=Decimal(1000))
    terms = disconnect(plan.id, Household(TODAY, (plan, since_long(CONTROL, "690.50"))))

    assert from_json(to_json(terms)) == terms
    assert isinstance(from_json(to_json(terms)).items[0].subscription_id, UUID)


@given(days, st.lists(st.tuples(starts, sums), max_size=4), sums, sums, sums)
def test_the_month_is_the_sum_of_its_lines(today, held, monthly, one_time, charged):
    rules = [PLAN_200, CONTROL, BOOST, PHONE]
    household = Household(
        today,
        tuple(
            running(rule, price, started_on=min(start, today))
            for rule, (start, price) in zip(rules, held, strict=False)
        ),
        charged,
    )

    terms = connect([Offer(PLAN_500, monthly, one_time)], household)

    assert terms.month_after == sum(line.amount for line in terms.lines)
    assert terms.month_before == household.month_total
    assert all(line.amount >= 0 for line in terms.lines)


@given(days, sums, sums)
def test_there_and_back_on_one_day_leaves_the_month_as_it_was(today, price, other_price):
    old = since_long(PLAN_200, price)
    before = Household(today, (old,))
    there = connect([Offer(PLAN_500, other_price)], before)
    new = running(PLAN_500, other_price, started_on=today)
    ended = running(PLAN_200, price, started_on=LONG_AGO, ended_on=today)

    back = connect([Offer(PLAN_200, price)], Household(today, (ended, new)))

    assert back.month_after == there.month_before


@given(starts, st.integers(1, 36))
def test_a_whole_term_has_all_its_months_left(start, months):
    assert months_left(start, months_later(start, months)) == months
