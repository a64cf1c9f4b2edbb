"""Who may book visits, and who works with them."""

from datetime import timedelta
from typing import Any

from portal.core import clock, ids
from portal.services.models import Order
from portal.services.visits.models import Area, Visit, VisitCapacity
from tests.access import Row, World, ordering, private, staff
from tests.access.services import make_item, make_quote

_DESK = ("dora", "eric")
HERE = Area("almaty", "bostandyk")


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
    world.db.add(make_item(order))
    world.db.flush()
    return order


def _waiting(world: World) -> dict[str, Any]:
    _work(world)
    return {"order_id": _order(world).id}


def _held(world: World) -> dict[str, Any]:
    order = _order(world)
    order.state = "held"
    world.db.flush()
    return {"order_id": order.id}


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


def _work(world: World) -> None:
    """Let a technician work in alice's district, every day."""
    world.db.add_all(
        VisitCapacity(id=ids.uuid7(), **HERE._asdict(), weekday=weekday, places=1)
        for weekday in range(7)
    )


def _area(world: World) -> dict[str, Any]:
    _work(world)
    return HERE._asdict()


def _day(world: World) -> dict[str, Any]:
    _visit(world)
    day = clock.now() + timedelta(days=3)
    return _area(world) | {"day": day.date().isoformat()}


ROWS = {
    "visits.choose_time": Row(ordering(), values=_waiting),
    "POST visits.choose_time": Row(ordering(422), values=_waiting),
    "POST visits.cancel_visit": Row(ordering(303), values=_visit),
    "visits.show_calendar_file": Row(private(viewer=200), values=_visit),
    "visits.list_visits": Row(staff(only=_DESK), values=_day),
    "visits.list_waiting": Row(staff(only=_DESK), values=_waiting),
    "visits.list_held": Row(staff(only=_DESK), values=_held),
    "visits.book_time": Row(staff(only=_DESK), values=_waiting),
    "POST visits.book_time": Row(staff(422, only=_DESK), values=_waiting),
    "POST visits.retry_held": Row(staff(303, only=_DESK), values=_held),
    "visits.record_result": Row(staff(only=_DESK), values=_visit),
    "POST visits.record_result": Row(staff(422, only=_DESK), values=_visit),
    "visits.change_places": Row(staff(only=_DESK), values=_area),
    "POST visits.change_places": Row(staff(422, only=_DESK)),
    "POST visits.except_day": Row(staff(422, only=_DESK), values=_area),
}
