"""What the order management tells us: only a signed word, and it is looked into, never believed."""

import json
import time
from uuid import UUID

import pytest
from sqlalchemy import select, text

from portal.core import clock
from portal.services import actions
from portal.services.models import OrderItem
from portal.services.states import OrderState
from tests.live import wait_until
from tests.partners.network import event_of, signed
from tests.services.operator import SECRET, an_operator

PATH = "/api/network/events"
PLAN = "vmeste-200"


@pytest.fixture
def operator(tmp_path):
    with an_operator(tmp_path) as running:
        yield running


@pytest.fixture
def town(town, operator):
    town.settings |= operator.settings
    return town


@pytest.fixture
def worker(town, operator):
    """Do the worker's work here, with its rights."""
    app = town.live.app("kabinet_worker", **operator.settings)
    yield app
    app.extensions["activation_gateway"].close()


def tell(town, body, *, secret=SECRET, at=None):
    """Send a body as the order management does; return the status."""
    headers = {
        "X-Signature": signed(secret, body, time.time() if at is None else at),
        "Content-Type": "application/json",
    }
    return town.app.test_client().post(PATH, data=body, headers=headers).status_code


def jobs(town):
    """Return (task, has a time) of the jobs of services that wait, but for what comes by the clock.

    Letters are tried again and again: no mail server stands here.
    """
    town.db.rollback()
    rows = town.db.execute(
        text(
            "select split_part(task_name, '.', 4), scheduled_at is not null"
            " from jobs.procrastinate_jobs"
            " where status = 'todo' and queue_name <> 'periodic'"
            " and starts_with(task_name, 'portal.services.') order by id"
        )
    )
    return [tuple(row) for row in rows]


def told(town):
    """Return how many events the web process took."""
    return town.live.logs().count("endpoint=services.take_event status=204")


def under_way(town, operator, worker):
    """Return an order that the network has taken and not done, and the reference of its item."""
    operator.be(takes=[60, 60])
    order = town.order(PLAN)
    town.db.execute(text("set local search_path = public, jobs"))
    town.db.execute(text("delete from procrastinate_jobs"))
    town.db.commit()
    with worker.app_context():
        actions.fulfil_order(order.id)
    item_id: UUID = town.db.scalars(select(OrderItem.id)).one()
    return order, str(item_id)


def test_a_signed_event_lets_the_worker_look_at_once(town, operator, worker):
    _order, reference = under_way(town, operator, worker)
    assert jobs(town) == [("run_order", True)]

    assert tell(town, event_of(reference, "completed")) == 204
    with worker.app_context():
        actions.hear(reference)

    assert jobs(town) == [("run_order", False), ("hear", False)]


def test_an_event_that_nothing_bears_out_changes_nothing(town, operator, worker):
    order, reference = under_way(town, operator, worker)

    for state in ("completed", "failed"):
        assert tell(town, event_of(reference, state)) == 204
        with worker.app_context():
            actions.hear(reference)
            actions.fulfil_order(order.id)

    town.db.refresh(order)
    assert order.state == OrderState.IN_PROGRESS
    assert operator.done() == []


def test_however_often_it_is_told_one_job_waits_for_an_order(town, operator, worker):
    order, reference = under_way(town, operator, worker)

    with worker.app_context():
        for _ in range(3):
            actions.hear(reference)
            actions.fulfil_order(order.id)

    assert jobs(town) == [("run_order", False)]


def test_events_on_the_way_wake_nobody(town, operator):
    for state in ("acknowledged", "inProgress", "pending"):
        assert tell(town, event_of("0192-one", state)) == 204

    assert jobs(town) == []


@pytest.mark.parametrize("reference", ["nobody", "0192f0c0-0000-7000-8000-000000000000", ""])
def test_an_event_about_nothing_of_ours_does_nothing(town, operator, worker, reference):
    assert tell(town, event_of(reference, "completed")) == 204

    with worker.app_context():
        actions.hear(reference)


def test_who_does_not_know_the_secret_is_not_heard(town, operator):
    body = event_of("0192-one", "completed")

    assert tell(town, body, secret="a guess") == 401
    assert tell(town, body, at=time.time() - 400) == 401
    assert town.app.test_client().post(PATH, data=body).status_code == 401
    assert jobs(town) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", json.dumps({"event": 1}).encode()])
def test_what_is_no_event_is_refused(town, operator, body):
    assert tell(town, body) == 400


def test_another_kind_of_event_is_taken_and_passed_over(town, operator):
    body = event_of("0192-one", "completed").replace(b"StateChange", b"Create")

    assert tell(town, body) == 204
    assert jobs(town) == []


@pytest.mark.long
def test_events_repeated_and_out_of_order_end_the_order_once(town, operator):
    address = town.live.start_web(**town.settings)
    town.live.start_worker(**town.settings)
    operator.be(
        takes=[0.5, 0.5], callback=f"{address}{PATH}", secret=SECRET, copies=4, is_forgiving=False
    )

    order = town.ended(town.order(PLAN))
    item_id = town.db.scalars(select(OrderItem.id)).one()
    late = [tell(town, event_of(str(item_id), each)) for each in ("inProgress", "failed")]
    wait_until(lambda: told(town) == 6)
    wait_until(lambda: jobs(town) == [])

    assert late == [204, 204]
    assert town.ended(order).state == OrderState.COMPLETED
    assert operator.done() == [("add", PLAN)]


def test_a_held_order_goes_on_when_the_network_tells_of_it(town, operator, worker):
    order, reference = under_way(town, operator, worker)
    town.db.execute(text("update service_order set state = 'held', failure = 'no_answer'"))
    town.db.commit()

    with worker.app_context():
        actions.hear(reference)

    town.db.refresh(order)
    assert (order.state, order.failure) == (OrderState.IN_PROGRESS, None)
    assert order.next_try_at <= clock.now()
