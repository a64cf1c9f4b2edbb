"""Who may book visits, and who works with them."""

from datetime import timedelta
from typing import Any

from portal.core import clock, ids
from portal.services.models import Order
from portal.services.visits.models import Visit
from tests.access import Row, World, private, staff
from tests.access.services import make_quote

_DESK = ("dora", "eric")


def _order(world: World) -> Order:
    quote, now = make_quote(world), clock.now()
    order = Order(
        id=ids.uuid7(),
        account_id=quote.account_id,
        quote_id=quote.id,
        number="26-AAAA-BBBB-C",
        act="add",
        offering_id=quote.offering_id,
        effective_on=now.date(),
        state="pending",
        placed_by_id=quote.by_id,
        placed_at=now,
        starts_at=now,
        next_try_at=now,
        needs_technician=True,
    )
    world.db.add(order)
    world.db.flush()
    return order


def _waiting(world: World) -> dict[str, Any]:
    return {"order_id": _order(world).id}


def _visit(world: World) -> dict[str, Any]:
    order, starts_at = _order(world), clock.now() + timedelta(days=3)
    visit = Visit(
        id=ids.uuid7(),
        account_id=order.account_id,
        order_id=order.id,
        city="almaty",
        district="bostandyk",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        booked_by_id=order.placed_by_id,
        booked_at=clock.now(),
        changed_at=clock.now(),
    )
    world.db.add(visit)
    return {"visit_id": visit.id}


def _area(_world: World) -> dict[str, Any]:
    return {"city": "almaty", "district": ""}


ROWS = {
    "visits.choose_time": Row(private(), values=_waiting),
    "POST visits.choose_time": Row(private(422), values=_waiting),
    "POST visits.cancel_visit": Row(private(303), values=_visit),
    "visits.show_calendar_file": Row(private(viewer=200), values=_visit),
    "visits.list_visits": Row(staff(only=_DESK)),
    "visits.record_result": Row(staff(only=_DESK), values=_visit),
    "POST visits.record_result": Row(staff(422, only=_DESK), values=_visit),
    "visits.change_places": Row(staff(only=_DESK)),
    "POST visits.change_places": Row(staff(422, only=_DESK)),
    "POST visits.except_day": Row(staff(422, only=_DESK), values=_area),
}
