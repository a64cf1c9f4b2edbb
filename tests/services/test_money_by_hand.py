"""Random months: every charge is reckoned again from its derivation on the page alone."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from portal.core import ids
from portal.services.household import Pause, Rate
from portal.services.models import Charge, Subscription
from portal.services.proration import RateKind
from tests.services.factories import make_offering
from tests.services.money_by_hand import reckoned, sum_of

FIRST, LAST = date(2026, 8, 1), date(2026, 11, 30)
NAMES = ("Net “300”, 9 of 30 days × 5 ₸", "<b>TV</b> & кино", "Қоңырау", "1 × 2 ₸")
CAUSES = ("visit_missed", "outage", "late_answer")
days = st.dates(FIRST, LAST)
whole = st.integers(0, 30_000).map(Decimal)
prices = whole | st.integers(0, 3_000_000).map(lambda tiyn: Decimal(tiyn) / 100)
debts = st.integers(-900_000, 900_000).filter(bool).map(lambda tiyn: Decimal(tiyn) / 100)


@st.composite
def subscriptions(draw):
    """What an account paid for: promotions, other prices, pauses and an end, or none of them."""
    start = draw(days)
    later = st.dictionaries(st.integers(1, 80), prices, max_size=2)
    rests = st.tuples(st.integers(0, 60), st.integers(1, 40), prices | st.just(Decimal(0)))
    return {
        "offering": draw(st.integers(0, len(NAMES) - 1)),
        "price": draw(prices),
        "started_on": start,
        "ended_on": draw(st.none() | st.dates(start, LAST)),
        "is_promo": draw(st.booleans()),
        "rates": [
            Rate(start + timedelta(days=after), price, draw(st.sampled_from(RateKind)))
            for after, price in sorted(draw(later).items())
        ],
        "pauses": [
            Pause(start + timedelta(days=after), start + timedelta(days=after + long), price)
            for after, long, price in draw(st.lists(rests, max_size=1))
        ],
    }


@st.composite
def charges(draw):
    """A fee, a credit or a line of billing, in any of the months."""
    kind = draw(st.sampled_from(("one_time", "early_exit", "compensation", "correction")))
    amount, count, price = draw(debts), None, None
    if kind == "early_exit":
        count, price = draw(st.integers(1, 24)), draw(prices)
        amount = count * price
    return {
        "kind": kind,
        "state": draw(st.sampled_from(("forecast", "billed"))),
        "month_on": draw(days).replace(day=1),
        "amount": amount,
        "count": count,
        "price": price,
        "offering": draw(st.none() | st.integers(0, len(NAMES) - 1)),
        "cause": draw(st.none() | st.sampled_from(CAUSES)) if kind == "compensation" else None,
    }


@pytest.fixture
def offerings(db):
    rows = [
        make_offering(db, f"thing-{number}", names=dict.fromkeys(("kk", "ru", "en"), name))
        for number, name in enumerate(NAMES)
    ]
    db.commit()
    return rows


def keep(db, account_id, offerings, held, charged, billed):
    """Put a history into the database in the place of the one before."""
    for table in (Subscription, Charge):
        db.execute(delete(table).where(table.account_id == account_id))
    kept = []
    for each in held:
        values = dict(each)
        offering, rates = offerings[values.pop("offering")], values.pop("rates")
        pauses = values.pop("pauses")
        noon = datetime(2026, 8, 1, tzinfo=UTC)
        row = Subscription(
            id=ids.uuid7(),
            account_id=account_id,
            offering_id=offering.id,
            started_at=noon,
            ended_at=noon if values["ended_on"] else None,
            **values,
        )
        row.set_prices(rates=rates, pauses=pauses)
        kept.append(row)
    db.add_all(kept)
    for number, values in enumerate(charged):
        place = values["offering"]
        known = {name: value for name, value in values.items() if name != "offering"}
        db.add(_charge(account_id, f"charge:{number}", **known, of=place, offerings=offerings))
    for row, month in zip(kept, billed, strict=False):
        reference = f"subscription:{row.id}:2026-{month:02}"
        on = date(2026, month, 1)
        more = {"kind": "monthly", "state": "billed", "month_on": on, "amount": Decimal("77.70")}
        db.add(_charge(account_id, reference, **more))
    db.commit()


def _charge(account_id, reference, of=None, offerings=(), **values):
    return Charge(
        id=ids.uuid7(),
        account_id=account_id,
        reference=reference,
        offering_id=None if of is None else offerings[of].id,
        created_at=datetime(2026, 8, 1, tzinfo=UTC),
        **values,
    )


def printed(page):
    """Return (label, derivation, sum) of each charge of a page, and its total (None: no row)."""
    rows, total = [], None
    for row in page.all("section[aria-labelledby=charges] dl.receipt > div"):
        [small] = row.cssselect("small") or [None]
        note = _text(small) if small is not None else ""
        if "is-total" in row.classes:
            total = sum_of(_text(row.cssselect("dd")[0]))
        else:
            rows.append(
                (_text(row.cssselect("dt")[0]), note, sum_of(_text(row.cssselect("dd")[0])))
            )
    return rows, total


def _text(element):
    return " ".join(element.text_content().replace("\N{NO-BREAK SPACE}", " ").split())


def distinct(held):
    """One offering runs once at a time: an account never has the same twice without an end."""
    running = [one["offering"] for one in held if one["ended_on"] is None]
    return len(running) == len(set(running))


@settings(
    max_examples=60,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # The message names the line at fault.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    held=st.lists(subscriptions(), max_size=4).filter(distinct),
    charged=st.lists(charges(), max_size=4),
    billed=st.lists(st.integers(8, 11), max_size=2),
    month=st.integers(8, 11),
    language=st.sampled_from(("kk", "ru", "en")),
)
def test_every_charge_is_reckoned_again_from_its_page(
    alices, db, alice, offerings, held, charged, billed, month, language
):
    keep(db, alice.account_id, offerings, held, charged, billed)
    page = alices.get(
        "services.show_money",
        account_id=alice.account_id,
        month=f"2026-{month:02}",
        lang=language,
    )

    rows, total = printed(page)
    for label, note, amount in rows:
        assert reckoned(note, language) == amount, f"{label}: {note}"
    assert sum((amount for _, _, amount in rows), Decimal(0)) == (total or 0)


def test_a_hand_finds_what_is_wrong():
    """The hand itself is no yes-man."""
    right = "10–21 November, 12 of 30 days × 6 997 ₸"

    assert reckoned(right, "en") == 4898 - 2099 != Decimal(6997) * 12 / 30
    assert reckoned("22 ноября, 1 из 30 дней × 100,50 ₸", "ru") == Decimal("3.35")
    with pytest.raises(AssertionError, match="miscounted"):
        reckoned("10–21 November, 11 of 30 days × 6 997 ₸", "en")
    with pytest.raises(AssertionError, match="no derivation"):
        reckoned("billed", "en")
