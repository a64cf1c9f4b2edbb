"""The customer gives up an order that the network holds."""

from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.core import clock
from portal.core.audit import AuditEvent
from portal.core.db import transaction
from portal.core.errors import RuleError
from portal.services.actions import fulfil_order, fulfilment, retry_order
from portal.services.actions.fulfilment import MOST_TRIES
from portal.services.actions.stepping import SETTLED_AFTER, UNDO
from portal.services.activation import Answer, NoAnswerError, Outcome
from portal.services.models import Charge, Order, OrderItem, OrderStep, Subscription
from portal.services.states import (
    CANCELLABLE,
    ENDED,
    ITEM_STEPS,
    STEPS,
    ItemState,
    OrderState,
)
from tests.browser import Browser
from tests.services.factories import subscribe

DONE, REFUSED = Answer(Outcome.DONE), Answer(Outcome.REFUSED, "no_capacity")
UNDER_WAY = Answer(Outcome.UNDER_WAY)


class Network:
    """A network whose books say `known` by reference; None is what it never heard of.

    It is silent while `is_silent`; what it is asked to do it does, unless `refuses`.
    """

    def __init__(self):
        self.known, self.asked, self.is_silent, self.refuses = {}, [], True, False

    def status(self, reference):
        if self.is_silent:
            raise NoAnswerError(reference)
        return self.known.get(reference)

    def activate(self, work):
        if self.is_silent:
            raise NoAnswerError(work.reference)
        self.asked.append(work.reference)
        self.known[work.reference] = REFUSED if self.refuses else DONE
        return self.known[work.reference]

    deactivate = change = activate


@pytest.fixture
def network(app, monkeypatch):
    """The network of this test; the worker's work is done here, seeing what a worker sees."""
    monkeypatch.setattr(fulfilment, "transaction", partial(transaction, staff=True))
    before = app.extensions["activation_gateway"]
    app.extensions["activation_gateway"] = Network()
    yield app.extensions["activation_gateway"]
    app.extensions["activation_gateway"] = before


def work(app, db, order, times=1) -> None:
    for _ in range(times):
        with app.app_context():
            fulfil_order(order.id)
    db.expire_all()


@pytest.fixture
def held(alices, app, db, alice, catalogue, network) -> Order:
    """A change of plan whose first step the network never answered."""
    subscribe(db, alice.account, "vmeste-200")
    page = alices.get("services.show_offering", account_id=alice.account_id, code="vmeste-500")
    page.submit().submit()
    order = db.scalars(select(Order)).one()
    clock.freeze(order.starts_at + timedelta(seconds=1))
    alices.log_in(alice)
    work(app, db, order, MOST_TRIES)
    assert order.state == "held"
    return order


def page_of(browser, order, **more):
    where = {"account_id": order.account_id, "order_id": order.id}
    return browser.get("services.show_order", **where | more)


def states(db, order) -> list[str]:
    query = select(OrderItem.state).where(OrderItem.order_id == order.id)
    return list(db.scalars(query.order_by(OrderItem.position)))


def first(db, order) -> str:
    query = select(OrderItem.id).where(OrderItem.order_id == order.id)
    return str(db.scalars(query.order_by(OrderItem.position)).first())


def later(by=SETTLED_AFTER) -> None:
    clock.freeze(clock.now() + by)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("take back what it has done", "it costs nothing", "stays open")),
        ("ru", ("вернём назад", "ничего не стоит", "остаётся открытым")),
        ("kk", ("кері қайтарамыз", "ештеңе төлемейсіз", "ашық қалады")),
    ],
)
def test_what_cancelling_means_is_said_first(alices, held, language, words):
    text = page_of(alices, held, lang=language).one("form[action$='/cancel']").text_content()

    assert all(each in text for each in words)


def test_what_the_network_never_heard_of_is_cancelled_and_costs_nothing(
    alices, app, db, held, network
):
    page = page_of(alices, held).submit()
    assert "The order is being cancelled" in page.text
    assert held.state == "pending_cancellation"
    network.is_silent = False

    work(app, db, held)
    assert held.state == "pending_cancellation"  # A call may still be on its way.
    later()
    work(app, db, held)

    assert (held.state, states(db, held)) == ("cancelled", ["cancelled", "cancelled"])
    assert network.asked == []
    assert db.scalars(select(Charge)).all() == []
    assert db.scalars(select(Subscription).where(Subscription.ended_on.is_(None))).one()
    assert "Nothing of this order holds, and it costs nothing." in page_of(alices, held).text


def test_what_the_network_did_meanwhile_is_taken_back(alices, app, db, held, network):
    page_of(alices, held).submit()
    reference = first(db, held)
    network.known[reference], network.is_silent = DONE, False

    work(app, db, held)

    assert (held.state, states(db, held)) == ("cancelled", ["undone", "cancelled"])
    assert network.asked == [f"{reference}{UNDO}"]


def test_while_nobody_knows_it_is_asked_on_and_never_called_cancelled(
    alices, app, db, held, network
):
    page_of(alices, held).submit()
    later()

    work(app, db, held, 2 * MOST_TRIES)
    assert held.state == "pending_cancellation"
    network.known[first(db, held)], network.is_silent = UNDER_WAY, False
    work(app, db, held)
    assert held.state == "pending_cancellation"
    network.known[first(db, held)] = REFUSED
    work(app, db, held)

    assert (held.state, states(db, held)) == ("cancelled", ["failed", "cancelled"])


def test_what_the_network_would_not_take_back_is_said_to_be_in_force(
    alices, app, db, held, network
):
    page_of(alices, held).submit()
    network.known[first(db, held)] = DONE
    network.is_silent, network.refuses = False, True

    work(app, db, held)

    assert (held.state, states(db, held)) == ("partial", ["kept", "cancelled"])
    assert "“Together 500” works and costs 8 990 ₸ a month" in page_of(alices, held).text


def test_a_second_press_changes_nothing(alices, db, held):
    page = page_of(alices, held)
    page.submit()
    steps = len(db.scalars(select(OrderStep)).all())

    again = page.submit(submission_id="")

    assert again.status == 200
    assert len(db.scalars(select(OrderStep)).all()) == steps
    kind = AuditEvent.kind == "services.order_cancelled"
    assert len(db.scalars(select(AuditEvent).where(kind)).all()) == 1


def test_whoever_comes_first_cancels_or_tries_again(alices, app, db, held):
    page = page_of(alices, held)
    with app.app_context(), transaction(staff=True):
        retry_order(held.number)
    db.expire_all()

    refused = page.submit()

    assert (refused.status, held.state) == (422, "in_progress")
    assert "can no longer be cancelled" in refused.text
    assert "Nothing has been started yet" not in refused.text

    held.state = "held"
    db.commit()
    page_of(alices, held).submit()
    with app.app_context(), transaction(staff=True), pytest.raises(RuleError):
        retry_order(held.number)
    db.expire_all()
    assert held.state == "pending_cancellation"


def test_a_viewer_reads_of_it_and_cannot_do_it(browser, carol, held):
    browser.log_in(carol)

    assert not page_of(browser, held).all("form[action$='/cancel']")
    where = {"account_id": held.account_id, "order_id": held.id}
    assert browser.post("services.cancel_order", **where).status == 403
    assert held.state == "held"


def test_the_button_comes_with_the_hold_and_goes_with_the_press(alices: Browser, held):
    def progress(**more):
        where = {"account_id": held.account_id, "order_id": held.id}
        path = alices.url("services.show_progress", **where | more)
        return alices.open(path, headers={"HX-Request": "true"}).headers.get("HX-Refresh")

    assert (progress(), progress(cancellable="1")) == ("true", None)
    page = page_of(alices, held).submit()
    assert (progress(), progress(cancellable="1")) == (None, "true")
    assert "Being cancelled" in page.one(".steps").text_content()


@given(st.data())
def test_every_walk_through_the_table_ends_and_a_held_order_can_be_given_up(data):
    state, way = OrderState.ACKNOWLEDGED, []
    while STEPS[state]:
        way.append(state)
        state = data.draw(st.sampled_from(sorted(STEPS[state])))
        if len(way) > 20:
            state = min(STEPS[state] & ENDED or STEPS[state])

    if OrderState.PENDING_CANCELLATION in way:
        assert way[-1] is OrderState.PENDING_CANCELLATION
        assert state in {OrderState.CANCELLED, OrderState.PARTIAL}
        assert way[-2] in CANCELLABLE
    assert (state is OrderState.CANCELLED) <= (OrderState.PENDING_CANCELLATION in way)


def test_what_is_done_is_only_undone_or_kept():
    assert ItemState.CANCELLED not in ITEM_STEPS[ItemState.COMPLETED]
    assert OrderState.PENDING_CANCELLATION in STEPS[OrderState.HELD]
    assert OrderState.PENDING_CANCELLATION not in STEPS[OrderState.IN_PROGRESS]
