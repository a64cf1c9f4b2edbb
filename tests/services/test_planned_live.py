"""Planned changes and pauses with real commits, carried out when their day comes."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.text import local, midnight
from portal.services.actions import fulfil_order, wake_services
from portal.services.models import Order, Subscription

pytestmark = pytest.mark.live


@pytest.fixture
def worker(town):
    """Do the worker's work here, with its rights."""
    return town.live.app("kabinet_worker")


def only(town, model):
    town.db.rollback()
    town.db.expire_all()
    return town.db.scalars(select(model)).one()


def newest_order(town) -> Order:
    town.db.rollback()
    town.db.expire_all()
    return town.db.scalars(select(Order).order_by(Order.placed_at.desc())).first()


def carry_out(worker, order, moment: datetime) -> None:
    with clock.standing_at(moment), worker.app_context():
        fulfil_order(order.id)


def test_a_planned_change_happens_on_its_day_and_not_before(town, worker):
    town.have("vmeste-200")
    page = town.browser(town.alice).get(
        "services.show_offering", account_id=town.alice.account_id, code="vmeste-100"
    )
    page.submit(when="month_end").submit()
    order = only(town, Order)

    carry_out(worker, order, order.starts_at - timedelta(seconds=1))
    assert town.running() == {"vmeste-200"}

    carry_out(worker, order, order.starts_at + timedelta(seconds=5))
    assert town.running() == {"vmeste-100"}
    ended = town.db.scalars(select(Subscription).where(Subscription.ended_on.is_not(None))).one()
    assert ended.ended_on == order.effective_on == local(order.starts_at).date()


def test_several_come_in_the_order_of_their_needs(town):
    town.live.start_worker()
    page = town.browser(town.alice).get(
        "services.show_offering", account_id=town.alice.account_id, code="parental-control"
    )
    page.submit(also=["vmeste-200"]).submit()

    order = town.ended(only(town, Order))

    assert order.state == "completed"
    assert town.running() == {"vmeste-200", "parental-control"}
    assert [operation[:2] for operation in town.books()] == [
        ("activate", "vmeste-200"),
        ("activate", "parental-control"),
    ]


def pause(town, worker, *, days: int) -> tuple[date, date]:
    """Let alice's only service rest from today for some days; return the first day and the end."""
    today = local(clock.now()).date()
    until = today + timedelta(days=days)
    plan = only(town, Subscription)
    page = town.browser(town.alice).get(
        "services.pause", account_id=town.alice.account_id, subscription_id=plan.id
    )
    page.submit(day=today.isoformat(), until=until.isoformat()).submit()
    carry_out(worker, only(town, Order), clock.now() + timedelta(seconds=1))
    return today, until


def wake(worker) -> int:
    with worker.app_context():
        return wake_services()


def test_a_service_rests_and_wakes_by_itself(town, worker):
    town.have("vmeste-200")
    _, until = pause(town, worker, days=20)
    assert only(town, Subscription).rests_until == until
    assert wake(worker) == 0

    morning = midnight(until) + timedelta(minutes=5)
    with clock.standing_at(morning):
        assert (wake(worker), wake(worker)) == (1, 0)
    carry_out(worker, newest_order(town), morning + timedelta(minutes=1))

    awake = only(town, Subscription)
    assert awake.rests_until is None
    assert awake.pauses[0]["until_on"] == until.isoformat()
    assert [operation for operation, *_ in town.books()] == ["change", "change"]


def test_a_pause_is_ended_early_and_costs_only_its_days(town, worker):
    town.have("vmeste-200")
    today, _ = pause(town, worker, days=30)
    browser = town.browser(town.alice)
    where = {"account_id": town.alice.account_id, "subscription_id": only(town, Subscription).id}

    later = clock.now() + timedelta(days=3)
    with clock.standing_at(later):
        browser.log_in(town.alice)
        page = browser.get("services.show_subscription", **where)
        assert "Paused until" in page.text
        page.submit(form="form[action$='/resume']").submit()
    carry_out(worker, newest_order(town), later + timedelta(minutes=1))

    awake = only(town, Subscription)
    assert awake.rests_until is None
    assert awake.pauses[0]["from_on"] == today.isoformat()
    assert awake.pauses[0]["until_on"] == (today + timedelta(days=3)).isoformat()


def test_a_refused_pause_leaves_the_service_as_it_was(town, worker):
    town.have("vmeste-200")
    town.habit("vmeste-200", refusal="no_capacity", refused="change")

    pause(town, worker, days=30)

    assert only(town, Order).state == "failed"
    assert (only(town, Subscription).pauses, only(town, Subscription).rests_until) == ([], None)
