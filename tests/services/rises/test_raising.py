"""What a rise does to a price: never lower, never sooner than promised, never twice."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from portal.catalog.families import Family
from portal.catalog.rules import OfferingRule
from portal.services.household import Pause, Rate, Running
from portal.services.proration import RateKind
from portal.services.rises.raising import earliest, risen

DAY = date(2027, 1, 1)
RULE = OfferingRule("a", Family.INTERNET)
PLAIN = Running(id=UUID(int=1), rule=RULE, price=Decimal(100), started_on=date(2026, 1, 1))
days = st.dates(date(2026, 6, 1), date(2028, 1, 1))
sums = st.integers(1, 300).map(Decimal)
rates = st.lists(st.builds(Rate, days, sums), max_size=3, unique_by=lambda rate: rate.from_on).map(
    lambda found: tuple(sorted(found, key=lambda rate: rate.from_on))
)
runnings = st.builds(
    replace,
    st.just(PLAIN),
    price=sums,
    rates=rates,
    term_until=st.none() | days,
    is_promo=st.booleans(),
    pauses=st.just(()) | st.just((Pause(DAY, DAY + timedelta(days=60), Decimal(3)),)),
)


def test_a_rise_begins_on_its_day():
    assert risen(PLAIN, Decimal(150), DAY) == (DAY, (Rate(DAY, Decimal(150)),))


def test_a_dearer_service_is_left_alone():
    assert risen(PLAIN, Decimal(100), DAY) is None
    assert risen(replace(PLAIN, ended_on=DAY), Decimal(150), DAY) is None
    assert risen(replace(PLAIN, ends_on=DAY), Decimal(150), DAY) is None


def test_a_term_keeps_the_price_until_it_ends():
    bound = replace(PLAIN, term_until=date(2027, 5, 1))

    assert risen(bound, Decimal(150), DAY) == (
        date(2027, 5, 1),
        (Rate(date(2027, 5, 1), Decimal(150)),),
    )


def test_a_promotion_is_kept_as_it_was_promised():
    after = date(2027, 2, 1)
    promised = replace(PLAIN, price=Decimal(10), is_promo=True, rates=(Rate(after, Decimal(100)),))

    assert risen(promised, Decimal(150), DAY) == (after, (Rate(after, Decimal(150)),))


def test_people_have_thirty_days():
    assert earliest(date(2026, 11, 22)) == date(2026, 12, 22)


@given(runnings, sums, days)
def test_no_day_gets_cheaper_or_dear_too_soon_and_again_changes_nothing(held, monthly, from_on):
    found = risen(held, monthly, from_on)
    after = replace(held, rates=found[1]) if found else held
    begins = max(from_on, held.term_until or from_on)

    for offset in range(0, 800, 7):
        day = date(2026, 6, 1) + timedelta(days=offset)
        before, now = held.rate_on(day), after.rate_on(day)
        assert now.price >= before.price
        if day < begins:
            assert now.price == before.price
        elif now.kind is RateKind.REGULAR:
            assert now.price >= monthly
    assert risen(after, monthly, from_on) is None
    assert risen(after, monthly, from_on + timedelta(days=9)) is None
