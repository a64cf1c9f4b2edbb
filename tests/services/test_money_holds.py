"""Properties of the money: nothing is gained or lost, whatever is done over a year."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.catalog.families import Family
from portal.catalog.rules import OfferingRule, PauseRule, Requirement
from portal.core.money import ZERO
from portal.services.changes import Act, Change, LineKind, Terms, from_json, to_json
from portal.services.household import Household, Offer, Running, total
from portal.services.proration import Month, cumulative
from portal.services.quoting import connect, disconnect, enacted, pause, resume

PLANS = tuple(f"plan-{number}" for number in range(4))
NEEDS_PLAN = (Requirement(plan_of=Family.INTERNET),)
RULES = {
    code: OfferingRule(code, Family.INTERNET, is_plan=True, replaces=frozenset(set(PLANS) - {code}))
    for code in PLANS
} | {
    "static-ip": OfferingRule("static-ip", Family.OPTION, requires=NEEDS_PLAN),
    "antivirus": OfferingRule("antivirus", Family.SECURITY),
}
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
MONTHS = [Month(2026, number) for number in range(1, 13)]

whole = st.integers(0, 30_000).map(Decimal)
with_tiyn = st.integers(0, 3_000_000).map(lambda tiyn: Decimal(tiyn).scaleb(-2))
sums = st.one_of(whole, with_tiyn)
offers = st.builds(
    Offer,
    rule=st.sampled_from(sorted(RULES)).map(RULES.__getitem__),
    monthly=sums,
    one_time=sums,
    promo=st.one_of(st.none(), sums),
    promo_months=st.integers(1, 6),
    term_months=st.sampled_from([0, 0, 6, 12]),
    exit_fee=sums,
)
acts = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.sampled_from(["connect", "several", "disconnect", "ending", "pause", "resume"]),
        st.lists(offers, min_size=2, max_size=2, unique_by=lambda offer: offer.rule.family),
        st.integers(0, 10),
        st.integers(1, 60),
    ),
    max_size=30,
)


def numbered(running: tuple[Running, ...], day: date = date.max) -> tuple[Running, ...]:
    """Give what began an id of its own, and end what was to end by `day`, as the database does."""
    return tuple(
        replace(
            each,
            id=UUID(int=place + 1),
            ended_on=each.ends_on if each.ends_on and each.ends_on <= day else each.ended_on,
        )
        for place, each in enumerate(running)
    )


def _terms(kind, asked, place, days, household) -> Terms | None:
    if kind == "connect":
        return connect(asked[:1], household)
    if kind == "several":
        return connect(asked, household)
    if not household.active:
        return None
    held = household.active[place % len(household.active)]
    resting = bool(held.pauses) and held.pauses[-1].holds_on(household.day)
    if kind in {"disconnect", "ending"}:
        return disconnect(held.id, household)
    if kind == "pause" and held.pause_on(household.day) is None:
        return pause(held.id, household.day + timedelta(days=days), household)
    return resume(held.id, household) if kind == "resume" and resting else None


def _may(terms: Terms, household: Household) -> bool:
    """Say whether the rules would let this through: nothing twice, nothing that is to end.

    What is to end may still be woken before.
    """
    held = {each.rule.code for each in household.active}
    ending = {each.id for each in household.active if each.ends_on}
    touched = {item.subscription_id for item in terms.items if item.change is not Change.RESUME}
    return not any(item.code in held for item in terms.begins) and not touched & ending


@settings(max_examples=300, deadline=None)
@given(acts)
def test_a_year_of_acts_costs_exactly_what_its_quotes_promised(year):
    running: tuple[Running, ...] = ()
    fees: dict[Month, Decimal] = {}
    day = FIRST
    for ahead, kind, asked, place, days in year:
        day = min(LAST, day + timedelta(days=ahead))
        running = numbered(running, day)
        since = min(LAST, day + timedelta(days=days)) if kind == "ending" else day
        month = Month.of(since)
        household = Household(since, running, charged=fees.get(month, ZERO))
        terms = _terms(kind, asked, place, days, household)
        if terms is None or not _may(terms, household):
            continue
        assert from_json(to_json(terms)) == terms
        assert sum(line.amount for line in terms.lines) == terms.month_after
        assert terms.month_before == total(running, month) + household.charged

        running = numbered(enacted(terms.items, since, running, RULES), day)
        fees[month] = fees.get(month, ZERO) + terms.one_time

        after = Household(since, running, charged=fees[month])
        assert after.month_total == terms.month_after
        assert after.monthly == terms.monthly_after

    _check_each_day(numbered(running))


def _check_each_day(running: tuple[Running, ...]) -> None:
    for month in MONTHS:
        for each in running:
            by_days = sum(
                (_price_of_a_day(each, month, number) for number in range(month.days)), ZERO
            )
            assert by_days == sum((part.amount for part in each.parts(month)), ZERO)


def _price_of_a_day(each: Running, month: Month, before: int) -> Decimal:
    """Return what one day adds to the month, from the definition: two cumulative sums."""
    day = month.first_day + timedelta(days=before)
    if not each.started_on <= day < (each.ended_on or date.max):
        return ZERO
    price = each.rate_on(day).price
    return cumulative(price, before + 1, month.days) - cumulative(price, before, month.days)


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(PLANS)), max_size=40), whole)
def test_changing_between_plans_of_one_price_costs_that_price_each_month(changes, price):
    running: tuple[Running, ...] = (Running(UUID(int=1), RULES["plan-0"], price, date(2025, 1, 1)),)
    day = FIRST
    for ahead, code in changes:
        day = min(LAST, day + timedelta(days=ahead))
        household = Household(day, running)
        if any(each.rule.code == code for each in household.active):
            continue
        terms = connect([Offer(RULES[code], price)], household)
        running = numbered(enacted(terms.items, day, running, RULES))

    assert [total(running, month) for month in MONTHS] == [price] * 12


@given(sums, sums, st.dates(FIRST, LAST), st.integers(1, 400))
def test_there_and_back_in_a_day_costs_only_named_fees(price, other, day, held_for):
    since = day - timedelta(days=held_for)
    held = Running(
        UUID(int=1), RULES["plan-0"], price, since, term_until=date(2027, 3, 1), exit_fee=price
    )
    before = Household(day, (held,))
    there = connect([Offer(RULES["plan-1"], other, term_months=12, exit_fee=other)], before)
    changed = numbered(enacted(there.items, day, before.running, RULES))
    between = Household(day, changed, charged=there.one_time)
    back = connect([Offer(RULES["plan-0"], price)], between)
    after = numbered(enacted(back.items, day, changed, RULES))

    named = [
        line.amount
        for terms in (there, back)
        for line in terms.lines
        if line.kind in {LineKind.EARLY_EXIT, LineKind.ONE_TIME}
    ]
    month = Month.of(day)
    assert total(after, month) == total(before.running, month)
    assert back.month_after == before.month_total + sum(named, ZERO)


@given(sums, st.dates(FIRST, LAST), st.integers(1, 90), st.integers(0, 89))
def test_a_pause_saves_its_days_and_no_more(price, day, days, kept):
    rule = PauseRule(1, 90, 365, price / 2)
    held = Running(UUID(int=1), RULES["plan-0"], price, date(2025, 1, 1), pause_rule=rule)
    household = Household(day, (held,))
    terms = pause(held.id, day + timedelta(days=days), household)
    [resting] = enacted(terms.items, day, (held,), {})
    again = day + timedelta(days=min(kept, days))
    woken_terms = resume(held.id, Household(again, (resting,)))
    [woken] = enacted(woken_terms.items, again, (resting,), {})

    for month in {Month.of(day), Month.of(again), Month.of(day + timedelta(days=days))}:
        until = day + timedelta(days=days)
        assert total((resting,), month) == _by_hand(month, price, rule.monthly, (day, until))
        assert total((woken,), month) == _by_hand(month, price, rule.monthly, (day, again))
    assert terms.month_after == total((resting,), Month.of(day))
    assert woken_terms.month_after == total((woken,), Month.of(again))
    for item in (*terms.items, *woken_terms.items):
        assert item.act is Act.MODIFY


def _by_hand(month: Month, price: Decimal, less: Decimal, rest: tuple[date, date]) -> Decimal:
    """Return what a month costs whose days from rest[0] until before rest[1] cost `less`."""
    first, after = rest
    days = [month.first_day + timedelta(days=number) for number in range(month.days)]
    prices = [less if first <= day < after else price for day in days]
    return sum(
        (
            cumulative(each, number + 1, month.days) - cumulative(each, number, month.days)
            for number, each in enumerate(prices)
        ),
        ZERO,
    )


def test_an_ending_during_a_pause_is_paid_until_its_day_and_no_longer():
    rule = PauseRule(1, 90, 365, Decimal(300))
    held = Running(UUID(int=1), RULES["plan-0"], Decimal(3000), date(2025, 1, 1), pause_rule=rule)
    resting = enacted(
        pause(held.id, date(2026, 4, 26), Household(date(2026, 4, 6), (held,))).items,
        date(2026, 4, 6), (held,), {},
    )  # fmt: skip

    terms = disconnect(held.id, Household(date(2026, 4, 16), resting))

    assert terms.month_before == 1000 + 200  # 10 days of 3 000 a month, 20 of 300
    assert terms.month_after == 500 + 100  # 5 days, then 10 at rest
