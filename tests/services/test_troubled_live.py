"""What people are told when the network does an order in part, not at all or for hours."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.accounts.models import Account, Membership, User
from portal.appeals.models import Appeal, Contact, Message, MessageBody
from portal.core import clock
from portal.core.db import transaction
from portal.notify.models import Notification
from portal.services.actions import (
    fulfil_order,
    place_order,
    quote_connection,
    retry_order,
    tell_of_late_orders,
)
from portal.services.actions.fulfilment import MOST_TRIES
from portal.services.actions.lateness import LATE_AFTER
from portal.services.actions.stepping import SETTLED_AFTER
from portal.services.activation import Answer, NetworkDownError, Outcome
from portal.services.models import Charge, Order
from portal.services.simulator import Simulator
from tests.cast import make_membership
from tests.services.test_held import Silence
from tests.services.test_planned_live import newest_order, worker

pytestmark = pytest.mark.live
__all__ = ["worker"]


class Slow:
    """A network that takes everything on and never says that it is done."""

    def activate(self, _work):
        return Answer(Outcome.UNDER_WAY)

    deactivate = change = activate

    def status(self, _reference):
        return Answer(Outcome.UNDER_WAY)


class Down(Silence):
    """A network behind an open circuit."""

    def activate(self, _work):
        raise NetworkDownError(clock.now() + timedelta(minutes=5))

    deactivate = change = activate
    status = activate


@pytest.fixture(autouse=True)
def now(town):
    """Let the clock stand, once everything is for sale."""
    clock.freeze(clock.now())
    yield clock.now()
    clock.freeze(None)


def place(town, worker, *codes: str) -> Order:
    """Order as alice, without her browser."""
    alice = town.alice
    with worker.app_context(), transaction() as own:
        account, user = own.get(Account, alice.account_id), own.get(User, alice.id)
        quote = quote_connection(account, codes, by=user)
        place_order(account, quote, by=user, undo=timedelta(0))
    return newest_order(town)


def take_up(worker, order) -> None:
    with worker.app_context(), transaction():
        retry_order(order.number)


def fulfil(town, worker, order, network, times: int = 1) -> Order:
    worker.extensions["activation_gateway"] = network
    with worker.app_context():
        for _ in range(times):
            fulfil_order(order.id)
    return newest_order(town)


def told(town) -> list[str]:
    return [each.kind for each in notices(town) if each.kind.startswith("services.")]


def notices(town) -> list[Notification]:
    town.db.rollback()
    return town.db.scalars(select(Notification).order_by(Notification.id)).all()


def said(town) -> list[str]:
    query = select(MessageBody.body).join(Message, Message.id == MessageBody.message_id)
    return town.db.scalars(query.order_by(Message.position)).all()


def tell_late(worker, moment) -> int:
    with clock.standing_at(moment), worker.app_context():
        return tell_of_late_orders()


def order_page(town, order, **more):
    where = {"account_id": town.alice.account_id, "order_id": order.id}
    return town.browser(town.alice).get("services.show_order", **where | more)


def test_what_is_kept_of_an_order_is_named_charged_and_told_in_three_languages(town, worker):
    town.have("vmeste-200", "night-boost")
    for code in ("night-boost", "vmeste-500"):
        town.habit(code, refusal="no_capacity", refused="deactivate")

    order = fulfil(town, worker, place(town, worker, "vmeste-500"), Simulator())

    assert (order.state, town.running()) == (
        "partial",
        {"vmeste-200", "night-boost", "vmeste-500"},
    )
    for lang, price, rest in (
        ("en", "“Together 500” works and costs 8 990 ₸ a month", "The rest is not done"),
        ("ru", "8 990 ₸ в месяц", "Остальное не сделано"),
        ("kk", "айына 8 990 ₸", "Қалғаны орындалмады"),
    ):
        page = order_page(town, order, lang=lang)
        assert price in page.text
        assert rest in page.text
        assert "taken back" not in page.text
    kept = next(each for each in notices(town) if each.kind == "services.order_partial")
    assert "8 990 ₸" in kept.values["name"]["in"]["ru"].replace("\N{NO-BREAK SPACE}", " ")
    assert "services.order_failed" not in told(town)
    assert "only in part" in said(town)[0]
    assert town.db.scalars(select(Appeal.subject)).one().endswith("was carried out in part")


def test_the_fee_of_what_is_kept_is_charged_as_quoted(town, worker):
    town.have("vmeste-200")
    town.habit("static-ip", refusal="no_capacity", refused="deactivate")
    town.habit("antivirus", refusal="no_capacity", refused="activate")

    order = fulfil(town, worker, place(town, worker, "static-ip", "antivirus"), Simulator())

    assert (order.state, town.running()) == ("partial", {"vmeste-200", "static-ip"})
    charge = town.db.scalars(select(Charge)).one()
    assert (charge.kind, charge.amount) == ("one_time", 500)


def test_a_held_order_has_one_appeal_that_tells_the_truth(town, worker):
    order = fulfil(town, worker, place(town, worker, "vmeste-200"), Silence(), MOST_TRIES)
    for _ in range(2):
        assert order.state == "held"
        assert town.db.scalars(select(Appeal.subject)).one().endswith("takes longer")
        take_up(worker, order)
        order = fulfil(town, worker, order, Silence(), MOST_TRIES)
    assert len(said(town)) == 3
    assert all("does not answer" in words for words in said(town))

    take_up(worker, order)
    assert fulfil(town, worker, order, Simulator()).state == "completed"

    assert said(town)[3:] == [f"Order {order.number} has now been carried out."]
    assert told(town)[0] == "services.order_held"


def test_the_appeal_of_who_has_left_is_filed_for_the_holder_or_for_nobody(town, worker, now):
    order = place(town, worker, "vmeste-200")
    alice, bob = town.alice, town.cast["bob"]
    town.db.execute(update(Membership).where(Membership.user_id == alice.id).values(ends_at=now))
    make_membership(town.db, bob.user, alice.account)
    town.db.commit()

    fulfil(town, worker, order, Silence(), MOST_TRIES)

    assert {each.user_id for each in notices(town)} == {bob.id}
    assert town.db.scalars(select(Contact.user_id)).one() == bob.id

    town.db.execute(update(Appeal).values(state="closed"))
    town.db.execute(update(Membership).values(ends_at=now))
    town.db.commit()
    take_up(worker, order)
    fulfil(town, worker, order, Silence(), MOST_TRIES)

    assert {each.user_id for each in notices(town)} == {bob.id}
    assert len(town.db.scalars(select(Appeal)).all()) == 2


def test_who_gives_up_a_held_order_is_told_and_so_is_its_appeal(town, worker, now):
    order = fulfil(town, worker, place(town, worker, "vmeste-200"), Silence(), MOST_TRIES)

    order_page(town, order).submit()
    order = newest_order(town)
    assert (order.state, len(said(town))) == ("pending_cancellation", 2)
    assert "The customer cancels order" in said(town)[1]
    clock.freeze(now + SETTLED_AFTER)
    order = fulfil(town, worker, order, Simulator())

    assert (order.state, town.books(), town.running()) == ("cancelled", [], set())
    assert told(town) == ["services.order_held", "services.order_cancelled"]
    assert said(town)[2:] == [
        f"Order {order.number} is cancelled: nothing of it holds, and it costs nothing."
    ]


@pytest.mark.parametrize("network", [Slow(), Down()])
def test_what_the_network_has_for_hours_is_told_once_and_goes_on(town, worker, now, network):
    order = fulfil(town, worker, place(town, worker, "vmeste-200"), network)
    assert tell_late(worker, now + LATE_AFTER - timedelta(minutes=1)) == 0

    assert tell_late(worker, now + LATE_AFTER) == 1
    assert tell_late(worker, now + 2 * LATE_AFTER) == 0

    assert newest_order(town).state == "in_progress"
    assert told(town) == ["services.order_late"]
    assert "has not confirmed order" in said(town)[0]
    assert "It takes longer than usual" in order_page(town, order).text
    assert fulfil(town, worker, order, Simulator()).state == "completed"
    assert "has now been carried out" in said(town)[-1]
