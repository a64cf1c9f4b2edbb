"""Book, move and cancel a visit: the place and the visit change in one transaction."""

from datetime import datetime, timedelta
from uuid import UUID

from portal.accounts.models import Account, User
from portal.core import audit, clock, ids
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import ZONE, _l, day_time, local
from portal.promises.fold import Happening
from portal.services.actions.orders import place_order
from portal.services.models import Order, Quote
from portal.services.queries import locked_order
from portal.services.states import OrderState
from portal.services.visits.actions.places import exchange, give_back, take
from portal.services.visits.actions.telling import promise, tell
from portal.services.visits.models import Area, Visit
from portal.services.visits.queries import area_of, booked_visit
from portal.services.visits.slots import (
    Slot,
    change_until,
    is_changeable,
    is_offered,
    remind_at,
    slot_at,
)
from portal.services.visits.states import VisitState


class SlotGoneError(RuleError):
    """A time that cannot be had, or not any more; another one must be chosen."""


def order_with_visit(
    account: Account, quote: Quote, starts_at: datetime, *, by: User, undo: timedelta
) -> Order:
    """Order what a quote promises and book its visit: both, or neither.

    A second time gives the same order, whatever time it names.
    Raises what `place_order` raises, and SlotGoneError if the time is no longer free.
    """
    with session.begin_nested():
        order = place_order(account, quote, by=by, undo=undo)
        if order.state == OrderState.PENDING and booked_visit(order) is None:
            book_visit(order, starts_at, by=by)
    return order


def book_visit(order: Order, starts_at: datetime, *, by: User) -> Visit:
    """Let a technician come for an order that waits for one, in the slot that begins then.

    The order will hold from its day. Promises the visit, tells who booked it and the holder,
    records `services.visit_booked`.
    Raises SlotGoneError if the slot is full or not offered, RuleError if the order does not wait
    for a technician or has a visit.
    """
    return _book(order, starts_at, for_id=by.id, by=by)


def book_for_customer(order: Order, starts_at: datetime, *, by: User) -> Visit:
    """Book a visit as `book_visit` does, on behalf of who placed the order: `by` is not told."""
    return _book(order, starts_at, for_id=order.placed_by_id, by=by)


def move_visit(visit: Visit, starts_at: datetime, *, by: User) -> None:
    """Let the technician come at another time; the old place is freed only if the new one is had.

    Promises it anew, tells who booked it and the holder, records `services.visit_moved`.
    Raises SlotGoneError as book_visit does, RuleError after 13:00 of the day before.
    """
    now = clock.now()
    visit = _changeable(visit, now)
    slot = _offered(starts_at, now)
    if slot == visit.slot:
        raise SlotGoneError(_l("The visit is at this time already."), field="slot")
    if not exchange(visit.area, visit.slot, slot):
        raise _taken()
    visit.move(slot, remind_at=remind_at(slot.starts_at, ZONE), now=now)
    visit.order.effective_on = local(slot.starts_at).date()
    promise(visit, Happening.VISIT_MOVED)
    audit.record("services.visit_moved", subject=visit, actor=by, sequence=visit.sequence)
    tell(visit, "visit_moved")


def cancel_visit(visit: Visit, *, by: User) -> None:
    """Let nobody come; the order waits until another time is chosen.

    Releases the promise, tells who booked it and the holder, records `services.visit_cancelled`.
    Raises RuleError after 13:00 of the day before.
    """
    _cancel(_changeable(visit, clock.now()), by=by)


def release_visit(order_id: UUID) -> None:
    """Free the place of an order that is cancelled; at any time, and nothing if it has none."""
    order = locked_order(Order.id == order_id)
    if visit := booked_visit(order):
        _cancel(visit)


def _book(order: Order, starts_at: datetime, *, for_id: UUID, by: User) -> Visit:
    now = clock.now()
    order = locked_order(Order.id == order.id)
    if order.state != OrderState.PENDING:
        raise RuleError(_l("This order does not wait for a technician."))
    if booked_visit(order):
        raise RuleError(_l("A visit is booked already: move it instead."))
    area, slot = _area(order), _offered(starts_at, now)
    if not take(area, slot):
        raise _taken()
    visit = _visit(order, area, slot, now)
    visit.booked_by_id = for_id
    order.effective_on = local(slot.starts_at).date()
    session.add(visit)
    promise(visit, Happening.VISIT_BOOKED)
    audit.record("services.visit_booked", subject=visit, actor=by, number=order.number)
    tell(visit, "visit_booked")
    return visit


def _cancel(visit: Visit, by: User | None = None) -> None:
    now = clock.now()
    visit.go(VisitState.CANCELLED, now=now)
    visit.order.effective_on = local(now).date()
    give_back(visit.area, visit.slot)
    promise(visit, Happening.VISIT_CANCELLED)
    audit.record("services.visit_cancelled", subject=visit, actor=by)
    tell(visit, "visit_cancelled")


def _changeable(visit: Visit, now: datetime) -> Visit:
    """Return the visit, locked, with its order. Raises RuleError if it is over or too late."""
    order = locked_order(Order.id == visit.order_id)
    booked = booked_visit(order)
    if booked is None or booked.id != visit.id:
        raise RuleError(_l("This visit is over or cancelled."))
    if not is_changeable(booked.starts_at, now, ZONE):
        raise RuleError(
            _l(
                "A visit is moved or cancelled until 13:00 of the day before, and that was"
                " %(until)s. The technician’s day is already planned."
            ),
            until=day_time(change_until(booked.starts_at, ZONE)),
        )
    return booked


def _offered(starts_at: datetime, now: datetime) -> Slot:
    slot = slot_at(starts_at, ZONE)
    if slot is None or not is_offered(starts_at, now, ZONE):
        raise SlotGoneError(
            _l("This time can no longer be chosen. Choose another one."), field="slot"
        )
    return slot


def _taken() -> SlotGoneError:
    return SlotGoneError(_l("This time has just been taken. Choose another one."), field="slot")


def _area(order: Order) -> Area:
    area = area_of(order.account_id)
    if area is None:
        raise RuleError(_l("This contract has no address to come to."))
    return area


def _visit(order: Order, area: Area, slot: Slot, now: datetime) -> Visit:
    return Visit(
        id=ids.uuid7(),
        account_id=order.account_id,
        order=order,
        city=area.city,
        district=area.district,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        state=VisitState.BOOKED.value,
        sequence=0,
        booked_at=now,
        changed_at=now,
        remind_at=remind_at(slot.starts_at, ZONE),
    )
