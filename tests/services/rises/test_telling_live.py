"""The worker tells every customer, with real commits and the worker's own rights."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.db import transaction
from portal.notify.models import Notification
from portal.services.models import Subscription
from portal.services.rises import actions, queries
from portal.services.rises.models import PriceRise
from tests.conftest import NOON
from tests.live import Live, wait_until
from tests.services.factories import subscribe
from tests.services.worked import Town, make_town


@pytest.fixture
def town(live: Live) -> Iterator[Town]:
    """Two customers with one service; the clock stands, so only the test's own process works."""
    made = make_town(live)
    clock.freeze(NOON)
    subscribe(made.db, made.cast["alice"].account, "antivirus")
    subscribe(made.db, made.cast["bob"].account, "antivirus", term_until=date(2027, 6, 1))
    yield made
    made.close()


@pytest.fixture
def announced(town):
    """A rise that the manager has announced; the worker has not begun."""
    desk = town.browser(town.cast["gulnara"])
    page = desk.get("rises.announce_rise", code="antivirus", monthly="590", from_on="2027-01-01")
    page.submit(form="main form[method=post]")
    return town.db.scalars(select(PriceRise.id)).one()


@pytest.fixture
def worker(town):
    app = town.live.app(role="kabinet_worker")
    with app.app_context():
        yield


def rates(town, name):
    town.db.rollback()
    query = select(Subscription.rates).where(Subscription.account_id == town.cast[name].account_id)
    return [(each["from_on"], each["price"]) for each in town.db.scalars(query).one()]


def test_everybody_is_told_once_and_pays_it_from_his_day_on(town, announced, worker):
    actions.tell_of_rise(announced)
    actions.tell_of_rise(announced)  # A job may run twice.

    assert rates(town, "alice") == [("2027-01-01", "590.00")]
    assert rates(town, "bob") == [("2027-06-01", "590.00")]
    rise = town.db.scalars(select(PriceRise)).one()
    assert (rise.told, rise.done_at) == (2, NOON)
    told = town.db.scalars(select(Notification).order_by(Notification.id)).all()
    assert {each.user_id for each in told} == {town.cast["alice"].id, town.cast["bob"].id}
    assert len(told) == 2
    browser = town.browser(town.alice)
    link = next(each.link for each in told if each.user_id == town.alice.id)
    assert "From 1 January 2027: 590 ₸ a month" in browser.open(link).text
    inbox = browser.get("notify.list_notifications")
    assert "From 1 January 2027 a month costs 590 ₸; now it costs 490 ₸" in inbox.text


def test_what_a_killed_worker_left_over_is_finished(town, announced, worker):
    actions.tell_next(announced, after=None, most=1)  # Here its process ends.
    assert town.db.scalars(select(PriceRise.told)).one() == 1
    town.db.rollback()

    with transaction(staff=True):
        left = queries.unfinished()
    for rise_id in left:
        actions.tell_of_rise(rise_id)

    assert rates(town, "alice")
    assert rates(town, "bob")
    assert town.db.scalars(select(PriceRise.told)).one() == 2
    assert len(town.db.scalars(select(Notification)).all()) == 2


def test_who_is_told_late_pays_it_late(town, announced, worker):
    clock.freeze(NOON + timedelta(days=20))  # No worker ran for twenty days.

    actions.tell_of_rise(announced)

    assert rates(town, "alice") == [("2027-01-11", "590.00")]


def test_a_worker_of_its_own_takes_it_up(live):
    town = make_town(live)
    subscribe(town.db, town.alice.account, "antivirus")
    desk = town.browser(town.cast["gulnara"])
    later = (clock.now() + timedelta(days=40)).date().isoformat()
    page = desk.get("rises.announce_rise", code="antivirus", monthly="590", from_on=later)
    page.submit(form="main form[method=post]")

    live.start_worker()

    found = select(PriceRise).where(PriceRise.done_at.is_not(None))
    live_until(town, lambda: town.db.scalars(found).one_or_none())
    assert rates(town, "alice") == [(later, "590.00")]
    town.close()


def live_until(town, happened):
    def look():
        town.db.rollback()
        return happened()

    wait_until(look)
