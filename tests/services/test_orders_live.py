"""Orders with real commits and a real worker."""

import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select, text

from portal.notify.models import Notification
from portal.services.models import NetworkEntry, Order, OrderStep, Quote
from tests.live import wait_until


def test_the_worker_completes_an_order_and_tells_the_customer(town):
    town.live.start_worker()

    order = town.ended(town.order("vmeste-200"))

    assert order.state == "completed"
    assert town.running() == {"vmeste-200"}
    assert town.books() == [("activate", "vmeste-200", True)]
    told = town.db.scalars(select(Notification)).all()
    assert sorted((each.kind, each.user_id) for each in told) == [
        ("feedback.order_asked", town.alice.id),
        ("services.order_completed", town.alice.id),
    ]
    for each in told:
        assert town.browser(town.alice).open(each.link).status == 200
    states = town.db.scalars(
        select(OrderStep.state).where(OrderStep.order_id == order.id).order_by(OrderStep.position)
    )
    assert list(states) == ["acknowledged", "in_progress", "completed"]


def test_a_change_of_plan_ends_what_the_new_plan_does_not_bear(town):
    town.have("vmeste-200", "night-boost", "parental-control")
    town.live.start_worker()

    order = town.ended(town.order("vmeste-500"))

    assert order.state == "completed"
    assert town.running() == {"vmeste-500", "parental-control"}
    assert len(town.books()) == 3


def test_a_refused_item_takes_back_what_was_done(town):
    town.have("vmeste-200")
    town.habit("vmeste-1000", refusal="no_capacity")
    town.live.start_worker()

    order = town.ended(town.order("vmeste-1000"))

    assert (order.state, order.failure) == ("failed", "no_capacity")
    assert town.running() == {"vmeste-200"}
    page = town.browser(town.alice).get(
        "services.show_order", account_id=town.alice.account_id, order_id=order.id
    )
    assert "cannot carry this speed" in page.text


def test_what_was_done_is_taken_back_when_the_rest_is_refused(town):
    town.have("vmeste-200", "night-boost")
    town.habit("night-boost", refusal="no_capacity", refused="deactivate")
    town.live.start_worker()

    order = town.ended(town.order("vmeste-500"))

    assert order.state == "failed"
    assert town.running() == {"vmeste-200", "night-boost"}
    assert town.books()[-2:] == [
        ("activate", "vmeste-200", True),
        ("deactivate", "vmeste-500", True),
    ]


def test_what_the_network_would_not_take_back_makes_the_order_partial(town):
    town.have("vmeste-200", "night-boost")
    town.habit("night-boost", refusal="no_capacity", refused="deactivate")
    town.habit("vmeste-500", refusal="no_capacity", refused="deactivate")
    town.live.start_worker()

    order = town.ended(town.order("vmeste-500"))

    assert order.state == "partial"
    assert town.running() == {"vmeste-200", "night-boost", "vmeste-500"}
    assert town.items(order) == [
        ("vmeste-500", "kept"),
        ("vmeste-200", "undone"),
        ("night-boost", "failed"),
    ]


def test_a_lost_answer_is_asked_for_and_the_work_done_once(town):
    town.habit("vmeste-200", lost_answers=3)
    town.live.start_worker()

    order = town.ended(town.order("vmeste-200"))

    assert order.state == "completed"
    assert town.books() == [("activate", "vmeste-200", True)]


@pytest.mark.long
def test_a_worker_killed_in_the_middle_leaves_each_item_done_once(town):
    town.have("vmeste-200", "night-boost")
    town.habit("*", delay_ms=1500)
    first = town.live.start_worker()
    order = town.order("vmeste-500")
    wait_until(town.books)

    first.send_signal(signal.SIGKILL)
    first.wait()
    town.live.start_worker()

    assert town.ended(order).state == "completed"
    assert sorted(town.books()) == [
        ("activate", "vmeste-500", True),
        ("deactivate", "night-boost", True),
        ("deactivate", "vmeste-200", True),
    ]
    assert town.running() == {"vmeste-500"}


@pytest.mark.long
def test_an_order_whose_job_was_lost_is_taken_up(town):
    order = town.order("vmeste-200")
    town.db.execute(text("set local search_path = public, jobs"))
    town.db.execute(text("delete from procrastinate_jobs"))
    town.db.execute(text("update service_order set next_try_at = now() - interval '2 minutes'"))
    town.db.commit()

    town.live.start_worker()

    assert town.ended(order, patience=70).state == "completed"


def test_two_members_who_order_excluding_plans_get_one_order_and_one_refusal(town):
    browsers = [town.browser(town.alice), town.browser(town.alice)]
    pages = [
        town.terms(browser, code)
        for browser, code in zip(browsers, ["vmeste-200", "vmeste-500"], strict=True)
    ]

    answers = _at_once(pages)

    assert town.db.scalar(select(func.count()).select_from(Order)) == 1
    assert sorted(page.status for page in answers) == [200, 422]
    [refused] = [page for page in answers if page.status == 422]
    assert "on its way: order" in refused.text


def test_two_confirmations_of_one_quote_at_once_are_one_order(town):
    browsers = [town.browser(town.alice), town.browser(town.alice)]
    first = town.terms(browsers[0], "vmeste-200")
    second = browsers[1].open(first.path)

    answers = _at_once([first, second])

    assert [page.status for page in answers] == [200, 200]
    assert town.db.scalar(select(func.count()).select_from(Order)) == 1
    assert town.db.scalar(select(func.count()).select_from(Quote)) == 1
    assert answers[0].path == answers[1].path


def test_the_network_has_each_service_that_the_portal_has(town):
    town.live.start_worker()
    for code in ("vmeste-200", "tv-optimal", "antivirus"):
        assert town.ended(town.order(code)).state == "completed"

    done = set(town.db.scalars(select(NetworkEntry.service)))

    assert done == {f"{town.alice.account.number}/{code}" for code in town.running()}


def _at_once(pages):
    """Confirm every page in the same moment, each in a thread and on a connection of its own."""
    gate = Barrier(len(pages))

    def press(page):
        gate.wait()
        return page.submit()

    with ThreadPoolExecutor(len(pages)) as pool:
        return list(pool.map(press, pages))
