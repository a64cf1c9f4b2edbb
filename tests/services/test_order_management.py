"""Orders through the operator's own order management, which is a process with books of its own.

It drops connections, is slow, talks nonsense and says things twice; each order ends right, and in
the operator's books each item is done exactly once.
"""

import json
import signal
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from portal.appeals.models import Appeal
from portal.core.text import today
from portal.notify.models import Notification
from portal.services.activation import Answer, NoAnswerError, Operation, Outcome, Work, ask
from portal.services.order_management import Access, OrderManagement
from portal.services.states import OrderState
from tests.live import wait_until
from tests.partners.network import API, TOKEN
from tests.services.factories import subscribe
from tests.services.operator import an_operator

pytestmark = pytest.mark.long

PLAN = "vmeste-200"
NO_ANSWERS = (
    *("drop_before", "drop_after", "wait_after", "500", "503"),
    *("garbage", "endless", "stranger"),
)
ONCE = [("add", PLAN)]


@pytest.fixture
def operator(tmp_path):
    with an_operator(tmp_path) as running:
        yield running


@pytest.fixture
def gateway(operator):
    access = Access(f"{operator.address}{API}", TOKEN, 1, 1)
    with closing(OrderManagement(access)) as made:
        yield made


@pytest.fixture
def worker(town, operator):
    """A worker that orders of the operator; a web process that hears of him."""
    town.settings |= operator.settings
    return town.live.start_worker(**operator.settings)


def work(code=PLAN, **change):
    return Work("0192-one", f"712034456/{code}", code, change)


@pytest.mark.parametrize("operation", Operation)
def test_each_operation_is_an_order_of_the_standard(gateway, operator, operation):
    change = {"state": "suspended"} if operation is Operation.CHANGE else {}

    answer = ask(gateway, operation, work(**change))

    action = {"activate": "add", "change": "modify", "deactivate": "delete"}[operation]
    assert answer == Answer(Outcome.DONE)
    assert operator.done() == [(action, PLAN)]
    [(traits,)] = operator.look("select traits from done")
    assert json.loads(traits) == {"contract": "712034456", "offering": PLAN} | change


def test_what_was_never_asked_for_is_not_known(gateway):
    assert gateway.status("0192-one") is None


def test_asked_twice_it_says_the_same_again(gateway, operator):
    assert gateway.activate(work()) == gateway.activate(work()) == Answer(Outcome.DONE)
    operator.be(conflicts=True)
    assert gateway.activate(work()) == Answer(Outcome.DONE)
    assert operator.done() == ONCE


def test_what_it_does_not_do_at_once_is_under_way(gateway, operator):
    operator.be(takes=[0.3, 0.3])

    assert gateway.activate(work()) == Answer(Outcome.UNDER_WAY)
    assert operator.done() == []

    wait_until(operator.done)
    assert gateway.status("0192-one") == Answer(Outcome.DONE)


def test_its_refusal_comes_with_a_reason(gateway, operator):
    operator.be(refusals={f"{PLAN} add": "no_capacity"})

    assert gateway.activate(work()) == Answer(Outcome.REFUSED, "no_capacity")
    assert operator.done() == []


@pytest.mark.parametrize("fault", NO_ANSWERS)
def test_what_is_no_answer_is_never_taken_for_one(gateway, operator, fault):
    operator.be(posts=[fault], gets=["" if fault == "stranger" else fault], wait=3)

    with pytest.raises(NoAnswerError):
        gateway.activate(work())
    if fault != "stranger":
        with pytest.raises(NoAnswerError):
            gateway.status("0192-one")


@pytest.mark.parametrize(("path", "token"), [(API, "a guess"), (API, ""), ("/elsewhere", TOKEN)])
def test_a_wrong_setting_refuses_no_order(operator, path, token):
    wrong = Access(f"{operator.address}{path}", token, 1, 1)

    with closing(OrderManagement(wrong)) as gateway, pytest.raises(NoAnswerError):
        gateway.activate(work())


def test_nobody_listens(tmp_path):
    nowhere = Access("http://127.0.0.1:9", "", 1, 1)

    with closing(OrderManagement(nowhere)) as gateway, pytest.raises(NoAnswerError):
        gateway.status("0192-one")


@pytest.mark.parametrize("fault", ["", *NO_ANSWERS])
def test_an_order_survives_a_fault_of_a_network_that_would_do_it_twice(
    town, operator, worker, fault
):
    operator.be(posts=[fault], is_forgiving=False, wait=2)

    order = town.ended(town.order(PLAN))

    assert order.state == OrderState.COMPLETED
    assert operator.done() == ONCE
    assert town.running() == {PLAN}


def test_work_that_begins_only_after_we_hung_up_is_done_once(town, operator, worker):
    operator.be(posts=["wait_before"], wait=4)

    order = town.ended(town.order(PLAN))
    wait_until(lambda: len(operator.look("select 1 from asked")) > 1)

    assert order.state == OrderState.COMPLETED
    assert operator.done() == ONCE


def test_an_answer_lost_twice_is_asked_for_again_before_anything_is_repeated(
    town, operator, worker
):
    operator.be(posts=["drop_after"], gets=["503", "drop_before", "garbage"], is_forgiving=False)

    order = town.ended(town.order(PLAN))

    assert order.state == OrderState.COMPLETED
    assert operator.done() == ONCE
    assert len(operator.look("select 1 from asked")) == 1


def test_slow_work_is_asked_about_and_uses_up_no_try(town, operator, worker):
    operator.be(takes=[4, 4], is_forgiving=False)

    order = town.order(PLAN)
    wait_until(lambda: operator.look("select 1 from asked"))
    ended = town.ended(order)

    assert ended.state == OrderState.COMPLETED
    assert ended.tries <= 1
    assert operator.done() == ONCE


def test_a_refusal_takes_back_what_was_done(town, operator, worker):
    town.have(PLAN, "night-boost")
    operator.be(takes=[0.1, 0.2], refusals={"night-boost delete": "no_capacity"})

    order = town.ended(town.order("vmeste-500"))

    assert (order.state, order.failure) == (OrderState.FAILED, "no_capacity")
    assert town.running() == {PLAN, "night-boost"}
    assert sorted(operator.done()) == [
        ("add", PLAN), ("add", "vmeste-500"), ("delete", PLAN), ("delete", "vmeste-500"),
    ]  # fmt: skip


def test_a_pause_is_a_change_of_what_runs(town, operator, worker):
    [subscription] = subscribe(town.db, town.alice.account, PLAN)
    form = town.browser(town.alice).get(
        "services.pause", account_id=town.alice.account_id, subscription_id=subscription.id
    )
    operator.be(posts=["drop_after"], is_forgiving=False)

    terms = form.submit(day=today().isoformat(), until=(today() + timedelta(days=20)).isoformat())
    terms.submit()
    order = town.ended(town.newest_order())

    assert order.state == OrderState.COMPLETED
    assert operator.done() == [("modify", PLAN)]
    [(traits,)] = operator.look("select traits from done")
    assert json.loads(traits)["state"] == "suspended"


def test_taking_back_survives_faults_too(town, operator, worker):
    town.have(PLAN, "night-boost")
    operator.be(
        posts=["", "", "", "drop_after", "503"],
        gets=["drop_before"],
        refusals={"night-boost delete": "no_capacity"},
        is_forgiving=False,
    )

    order = town.ended(town.order("vmeste-500"), patience=60)

    assert order.state == OrderState.FAILED
    assert sorted(operator.done()) == [
        ("add", PLAN), ("add", "vmeste-500"), ("delete", PLAN), ("delete", "vmeste-500"),
    ]  # fmt: skip


def test_a_worker_killed_while_the_network_works_leaves_it_done_once(town, operator, worker):
    operator.be(posts=["wait_after"], wait=0.9, is_forgiving=False)
    order = town.order(PLAN)
    wait_until(operator.done)

    worker.send_signal(signal.SIGKILL)
    worker.wait()
    town.live.start_worker(**operator.settings)

    assert town.ended(order, patience=60).state == OrderState.COMPLETED
    assert operator.done() == ONCE


def test_a_worker_killed_while_it_takes_back_tells_of_it_once(town, operator, worker):
    town.have(PLAN, "night-boost")
    operator.be(
        posts=["", "", "", "wait_after"],
        wait=0.9,
        refusals={"night-boost delete": "no_capacity"},
        is_forgiving=False,
    )
    order = town.order("vmeste-500")
    wait_until(lambda: len(operator.done()) == 3)

    worker.send_signal(signal.SIGKILL)
    worker.wait()
    town.live.start_worker(**operator.settings)

    assert town.ended(order, patience=60).state == OrderState.FAILED
    assert town.running() == {PLAN, "night-boost"}
    assert sorted(operator.done()) == [
        ("add", PLAN), ("add", "vmeste-500"), ("delete", PLAN), ("delete", "vmeste-500"),
    ]  # fmt: skip
    assert town.db.scalar(select(func.count()).select_from(Appeal)) == 1
    told = town.db.scalars(select(Notification.kind)).all()
    assert sorted(told) == ["appeals.registered", "services.order_failed"]


def test_what_the_network_would_not_take_back_is_put_into_force(town, operator, worker):
    town.have(PLAN, "night-boost")
    operator.be(
        takes=[0.1, 0.2],
        refusals={"night-boost delete": "no_capacity", "vmeste-500 delete": "no_capacity"},
    )

    order = town.ended(town.order("vmeste-500"))

    assert order.state == OrderState.PARTIAL
    assert town.running() == {PLAN, "night-boost", "vmeste-500"}
    assert operator.done() == [("add", "vmeste-500"), ("delete", PLAN), ("add", PLAN)]


def test_an_order_whose_job_was_lost_while_it_waited_is_taken_up(town, operator, worker):
    operator.be(takes=[1, 1])
    order = town.order(PLAN)
    wait_until(lambda: operator.look("select 1 from asked"))
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    town.db.execute(text("set local search_path = public, jobs"))
    town.db.execute(text("delete from procrastinate_jobs"))
    town.db.execute(text("update service_order set next_try_at = now() - interval '2 minutes'"))
    town.db.commit()

    town.live.start_worker(**operator.settings)

    assert town.ended(order, patience=70).state == OrderState.COMPLETED
    assert operator.done() == ONCE
