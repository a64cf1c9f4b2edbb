"""A minimal term is not escaped by moving up first."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalog.families import Family
from portal.catalog.rules import OfferingRule
from portal.services.changes import from_json, to_json
from portal.services.household import Household, Offer, Running
from portal.services.quoting import connect, disconnect, enacted
from portal.services.terms import Bond, months_left
from tests.services.test_money_holds import numbered

PLANS = ("plan-500", "plan-1000", "plan-2000")
RULES = {
    code: OfferingRule(code, Family.INTERNET, is_plan=True, replaces=frozenset({*PLANS} - {code}))
    for code in PLANS
}
TODAY = date(2026, 11, 22)
UNTIL = date(2027, 10, 20)
FEE = Decimal(1000)
BOND = Bond(UNTIL, FEE, Decimal(8990))


def held(**more) -> Running:
    """Return a plan for 8 990 ₸ that binds for eleven months more."""
    values = {"term_until": UNTIL, "exit_fee": FEE, "started_on": date(2026, 10, 20)}
    return Running(UUID(int=1), RULES["plan-500"], Decimal(8990), **values | more)


def moved(running, price, day, code="plan-1000", **more):
    """Return the terms of changing to another plan, and what runs then."""
    terms = connect([Offer(RULES[code], Decimal(price), **more)], Household(day, running))
    assert from_json(to_json(terms)) == terms
    return terms, numbered(enacted(terms.items, day, running, RULES))


def fee_of_leaving(running, day) -> Decimal:
    [active] = [each for each in running if each.ended_on is None]
    return disconnect(active.id, Household(day, running)).one_time


def test_moving_up_and_leaving_costs_what_leaving_directly_costs():
    assert fee_of_leaving((held(),), TODAY) == 11000

    terms, running = moved((held(),), 12990, TODAY, term_months=12, exit_fee=Decimal(1500))

    assert terms.one_time == 0
    assert terms.carried == BOND
    assert fee_of_leaving(running, TODAY) == 11000
    assert fee_of_leaving(running, TODAY + timedelta(days=13)) == 11000
    assert fee_of_leaving(running, TODAY + timedelta(days=14)) == 12 * 1500


def test_a_term_goes_on_with_a_plan_that_has_none():
    _, running = moved((held(),), 12990, TODAY)

    assert fee_of_leaving(running, date(2027, 4, 22)) == 6000
    assert fee_of_leaving(running, UNTIL) == 0


def test_a_term_goes_on_over_two_moves():
    _, running = moved((held(),), 12990, TODAY)
    terms, running = moved(running, 14990, TODAY + timedelta(days=3), "plan-2000")

    assert terms.one_time == 0
    assert fee_of_leaving(running, TODAY + timedelta(days=4)) == 11000


@pytest.mark.parametrize(("price", "fee"), [(8990, 0), (8000, 11000)])
def test_back_to_what_is_not_cheaper_than_at_first_is_free(price, fee):
    _, running = moved((held(),), 12990, TODAY)
    terms, _ = moved(running, price, TODAY + timedelta(days=3), "plan-500")

    assert terms.one_time == fee


def test_what_could_be_left_free_of_charge_binds_nobody_afterwards():
    young = held(started_on=TODAY - timedelta(days=13))
    terms, running = moved((young,), 12990, TODAY)

    assert terms.carried is None
    assert fee_of_leaving(running, TODAY) == 0


steps = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(PLANS), st.integers(5000, 20000)), max_size=6
)


@given(steps, st.integers(0, 40))
def test_no_way_out_is_cheaper_than_the_door(ways, last):
    running, day, paid = (held(),), TODAY, Decimal(0)
    for ahead, code, price in ways:
        day += timedelta(days=ahead)
        if next(each for each in running if each.ended_on is None).rule.code == code:
            continue
        terms, running = moved(running, price, day, code)
        paid += terms.one_time
    day += timedelta(days=last)

    assert paid + fee_of_leaving(running, day) >= FEE * months_left(day, UNTIL)
