"""What a pause costs while something keeps the network from ending it, with real commits."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.accounts.models import Account
from portal.core import clock
from portal.core.text import midnight
from portal.services.actions import fulfil_order, wake_services, waking
from portal.services.models import Order, Subscription
from portal.services.queries import month_of
from portal.services.simulator import Simulator
from tests.services.factories import subscribe
from tests.services.test_disconnect import leave
from tests.services.test_held import Silence
from tests.services.test_planned_live import newest_order, only, pause, worker

pytestmark = pytest.mark.live
__all__ = ["worker"]

DECEMBER = date(2026, 12, 31)
BEGIN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MORNING = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def standing(town):
    """Begin on 22 November, whatever day it is: what is asked is how a month sums up."""
    clock.freeze(BEGIN)
    yield
    clock.freeze(None)


def wake_on(worker, day: date) -> int:
    with clock.standing_at(midnight(day) + MORNING), worker.app_context():
        return wake_services()


def carry_out(worker, order, moment: datetime) -> None:
    with clock.standing_at(moment), worker.app_context():
        fulfil_order(order.id)


def december(town, worker) -> Decimal:
    with clock.standing_at(midnight(DECEMBER)), worker.test_request_context():
        account = town.db.get(Account, town.alice.account_id)
        return month_of(account, DECEMBER).statement.total


def leave_on(town, day: date) -> Order:
    clock.freeze(BEGIN + MORNING)  # Orders are told apart by when they were placed.
    page = leave(
        town.browser(town.alice),
        town.alice,
        only(town, Subscription),
        when="on_day",
        day=day.isoformat(),
    )
    page.submit()
    return newest_order(town)


def test_a_planned_end_does_not_keep_a_service_at_rest(town, worker):
    town.have("vmeste-200")
    _, until = pause(town, worker, days=20)
    ending = leave_on(town, date(2027, 1, 1))

    assert (until, wake_on(worker, until)) == (date(2026, 12, 12), 1)
    carry_out(worker, newest_order(town), midnight(until) + 2 * MORNING)

    assert [operation for operation, *_ in town.books()] == ["change", "change"]
    assert december(town, worker) == 107 + 4509  # 11 of 31 days × 300 ₸, 20 of 31 days × 6 990 ₸
    carry_out(worker, ending, midnight(date(2027, 1, 1)) + MORNING)
    assert town.running() == set()
    assert december(town, worker) == 107 + 4509


def test_what_the_network_keeps_at_rest_until_it_ends_costs_what_a_pause_costs(town, worker):
    town.have("vmeste-200")
    _, until = pause(town, worker, days=20)
    ending = leave_on(town, date(2026, 12, 15))
    worker.extensions["activation_gateway"] = Silence()

    assert [wake_on(worker, until + timedelta(days=more)) for more in range(3)] == [1, 0, 0]
    carry_out(worker, newest_order(town), midnight(date(2026, 12, 14)))
    assert only(town, Subscription).pauses[0]["until_on"] == "2026-12-15"
    worker.extensions["activation_gateway"] = Simulator()
    carry_out(worker, ending, midnight(date(2026, 12, 15)) + 3 * MORNING)

    assert town.running() == set()
    assert december(town, worker) == 135  # 14 of 31 days × 300 ₸


def test_the_end_itself_prolongs_a_pause_that_nobody_ended(town, worker):
    town.have("vmeste-200")
    pause(town, worker, days=20)
    ending = leave_on(town, date(2026, 12, 15))

    carry_out(worker, ending, midnight(date(2026, 12, 15)) + MORNING)

    assert only(town, Subscription).pauses[0]["until_on"] == "2026-12-15"


def test_what_cannot_be_woken_does_not_stand_before_the_others(town, worker, monkeypatch):
    monkeypatch.setattr(waking, "AT_ONCE", 1)
    town.have("vmeste-200")
    _, until = pause(town, worker, days=20)
    earlier = {
        "pauses": [{"from_on": "2026-11-01", "until_on": "2026-12-01", "price": "300"}],
        "rests_until": date(2026, 12, 1),
    }
    subscribe(town.db, town.alice.account, "phone-home", "tv-basic", **earlier)

    assert wake_on(worker, until) == 1

    ends = town.db.scalars(select(Subscription.pauses).where(Subscription.rests_until < until))
    assert {pauses[0]["until_on"] for pauses in ends} == {"2026-12-13"}


def test_a_network_that_refuses_is_asked_again_the_next_day(town, worker):
    town.have("vmeste-200")
    _, until = pause(town, worker, days=20)
    town.habit("vmeste-200", refusal="no_capacity", refused="change")

    assert wake_on(worker, until) == 1
    carry_out(worker, newest_order(town), midnight(until) + 2 * MORNING)
    with clock.standing_at(midnight(until) + 3 * MORNING), worker.app_context():
        assert wake_services() == 0
    assert (newest_order(town).state, wake_on(worker, until + timedelta(days=2))) == ("failed", 1)

    browser = town.browser(town.alice)
    with clock.standing_at(midnight(until) + MORNING):
        browser.log_in(town.alice)
        page = browser.get("services.list_services", account_id=town.alice.account_id)
    assert "still paused" in page.text
