"""Some months of money for the demo: a fee, credits, a promotion, a pause, and refused lines."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal.accounts.demo import Cast
from portal.accounts.models import Account
from portal.catalog.models import Offering
from portal.core import clock
from portal.core.db import session
from portal.core.text import today
from portal.services.actions import take_over
from portal.services.household import Pause, Rate
from portal.services.models import Subscription
from portal.services.proration import Month

SOURCE = "billing-demo.jsonl"


def load(cast: Cast) -> None:
    """Give the contracts a past in which sums differed, and say what billing says."""
    session.flush()  # What billing speaks of must be there.
    present = Month.of(today())
    last = present.preceding
    _had_promotion(cast.home, "antivirus", Decimal(345), until=last.first_day + timedelta(days=14))
    _had_promotion(
        cast.parents, "tv-kids", Decimal(290), until=present.following.first_day.replace(day=11)
    )
    rest = last.preceding.first_day + timedelta(days=4)
    _rested(cast.home, "phone-home", Pause(rest, rest + timedelta(days=10)))
    take_over((json.dumps(line).encode() for line in _lines(cast, last)), source=SOURCE)


def _had_promotion(account: Account, code: str, price: Decimal, *, until: date) -> None:
    held = _held(account, code)
    rates = [Rate(until, held.price)]
    held.price, held.is_promo = price, True
    held.set_prices(rates=rates, pauses=())


def _rested(account: Account, code: str, pause: Pause) -> None:
    _held(account, code).set_prices(rates=(), pauses=[pause])


def _held(account: Account, code: str) -> Subscription:
    query = select(Subscription).join(Offering, Offering.id == Subscription.offering_id)
    mine = (Subscription.account_id == account.id, Offering.code == code)
    return session.scalars(query.where(*mine)).one()


def _lines(cast: Cast, last: Month) -> Iterator[dict[str, Any]]:
    """Give the lines of the feed: balances, charges of months before, and two that are wrong."""
    as_of = (clock.now() - timedelta(hours=6)).isoformat()
    said: dict[str, Any] = {"contract": cast.home.number, "as_of": as_of}
    balances = ((cast.home, "3240"), (cast.parents, "9500"), (cast.neighbours, "0"))
    for account, balance in balances:
        yield said | {"kind": "balance", "contract": account.number, "balance": balance}
    yield said | _charge("one_time", last.preceding, "installation:1", "5000")
    yield said | _charge("compensation", last, "outage:1", "-600") | {"cause": "outage"}
    yield said | _charge("correction", last, "correction:1", "-120.50")
    yield said | _charge("correction", last, "correction:2", "100") | {"contract": "700000000"}
    yield said | _charge("compensation", last, "outage:2", "600")


def _charge(kind: str, month: Month, reference: str, amount: str) -> dict[str, Any]:
    written = f"{month.year}-{month.number:02d}"
    return {"kind": kind, "month": written, "reference": reference, "amount": amount}
