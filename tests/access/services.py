"""Who may see and order services."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.core import clock, ids
from portal.core.text import local
from portal.services import changes, quoting
from portal.services.changes import Act, Wish
from portal.services.household import Household, Offer
from portal.services.models import (
    BillingImport,
    BillingRefusal,
    Order,
    OrderItem,
    OrderStep,
    Quote,
    Subscription,
)
from tests.access import ADMINISTRATOR, Row, World, ordering, private, public, signed_in, staff
from tests.services.factories import LONG_AGO, make_offering

CODE = "access-option"


def _offering(_world: World) -> dict[str, Any]:
    make_offering(_world.db, CODE)
    return {"code": CODE}


def _plans(world: World) -> dict[str, Any]:
    for number in range(4):
        make_offering(world.db, f"{CODE}-{number}", term_months=number, monthly=100 + number)
    return {"code": [f"{CODE}-{number}" for number in range(4)]}


def _subscription(world: World) -> dict[str, Any]:
    offering = make_offering(world.db, CODE)
    made = Subscription(
        id=ids.uuid7(),
        account_id=world.cast["alice"].account_id,
        offering_id=offering.id,
        price=100,
        started_at=clock.now(),
        started_on=LONG_AGO,
    )
    world.db.add(made)
    return {"subscription_id": made.id}


def make_quote(world: World) -> Quote:
    """Add terms of connecting a plain option to alice's contract."""
    offering = make_offering(world.db, CODE)
    now = clock.now()
    terms = quoting.connect([Offer(offering.rule, Decimal(100))], Household(now.date()))
    quote = Quote(
        id=ids.uuid7(),
        account_id=world.cast["alice"].account_id,
        by_id=world.cast["alice"].id,
        act="add",
        offering_id=offering.id,
        kept_wish=changes.wish_to_json(Wish(Act.ADD, codes=(CODE,))),
        kept_terms=changes.to_json(terms),
        created_at=now,
        expires_at=now + timedelta(minutes=30),
    )
    world.db.add(quote)
    world.db.flush()
    return quote


def _left(world: World) -> dict[str, Any]:
    """Let the contract have left something, in words of its own."""
    placed = world.db.get_one(Order, _order(world)["order_id"])
    said = world.db.get_one(Quote, placed.quote_id)
    said.act = placed.act = "delete"
    said.reason, said.words = "price", "Words of the customer"
    placed.state, placed.ended_at = "completed", clock.now()
    world.db.flush()
    return {}


def _quote(world: World) -> dict[str, Any]:
    return {"quote_id": make_quote(world).id}


def _order(world: World) -> dict[str, Any]:
    quote, now = make_quote(world), clock.now()
    order = Order(
        id=ids.uuid7(),
        account_id=quote.account_id,
        quote_id=quote.id,
        number="26-AAAA-BBBB-C",
        act="add",
        offering_id=quote.offering_id,
        placed_by_id=quote.by_id,
        placed_at=now,
        effective_on=local(now).date(),
        starts_at=now + timedelta(minutes=1),
        next_try_at=now + timedelta(minutes=1),
        needs_technician=False,
    )
    world.db.add(order)
    world.db.flush()
    world.db.add(make_item(order))
    world.db.add(_step(order))
    return {"order_id": order.id}


def make_item(order: Order) -> OrderItem:
    """Return what an order for the plain option does, not added yet."""
    return OrderItem(
        id=ids.uuid7(),
        order_id=order.id,
        account_id=order.account_id,
        position=0,
        act="add",
        cause="asked",
        offering_id=order.offering_id,
        price=100,
    )


def _step(order: Order) -> OrderStep:
    return OrderStep(
        id=ids.uuid7(),
        order_id=order.id,
        account_id=order.account_id,
        position=1,
        state="acknowledged",
        at=order.placed_at,
    )


def _import(world: World) -> dict[str, Any]:
    done = BillingImport(id=ids.uuid7(), source="feed.jsonl", started_at=clock.now(), refused=1)
    world.db.add(done)
    world.db.flush()
    refused = BillingRefusal(
        id=ids.uuid7(), import_id=done.id, line=7, fault="missing", field="as_of", kept_line="{}"
    )
    world.db.add(refused)
    return {"import_id": done.id}


ROWS = {
    "services.list_services": Row(private(viewer=200)),
    "services.list_offerings": Row(private(viewer=200), values=_plans),
    "services.compare_offerings": Row(private(viewer=200), values=_plans),
    "services.list_orders": Row(private(viewer=200)),
    "services.show_money": Row(private(viewer=200)),
    "services.list_statements": Row(private(viewer=200)),
    "services.download_statement": Row(private(viewer=200)),
    "services.list_imports": Row(staff(only=("eric", ADMINISTRATOR))),
    "services.show_import": Row(staff(only=("eric", ADMINISTRATOR)), values=_import),
    "services.show_leaving": Row(staff(only=("eric", "gulnara")), values=_left),
    "services.download_leaving": Row(staff(only=("eric", "gulnara")), values=_left),
    "services.show_offering": Row(private(viewer=200), values=_offering),
    "POST services.connect": Row(ordering(303), values=_offering),
    "services.connect_somewhere": Row(
        signed_in(200, alice=303, bob=303, carol=303), values=_offering
    ),
    "services.show_subscription": Row(private(viewer=200), values=_subscription),
    "services.disconnect": Row(ordering(), values=_subscription),
    "POST services.disconnect": Row(ordering(303), values=_subscription, data={"reason": "unused"}),
    "services.pause": Row(ordering(), values=_subscription),
    "POST services.pause": Row(ordering(422), values=_subscription),
    "POST services.resume": Row(ordering(422), values=_subscription),
    "services.show_quote": Row(ordering(), values=_quote),
    "POST services.show_quote": Row(ordering(303), values=_quote),
    "POST services.renew_quote": Row(ordering(303), values=_quote),
    "services.show_order": Row(private(viewer=200), values=_order),
    "services.show_progress": Row(private(303, viewer=303), values=_order),
    "POST services.take_event": Row(public(404)),  # no TMF641_SECRETS, no such address
    "POST services.cancel_order": Row(ordering(303), values=_order),
}
