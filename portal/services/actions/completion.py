"""End an order: what began, what ended, what it costs, and who is told."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Premises
from portal.core import audit, events
from portal.core.db import session
from portal.core.text import local
from portal.events import (
    OrderCancelled,
    OrderCompleted,
    ServiceEnded,
    ServicePaused,
    ServiceResumed,
    ServiceStarted,
)
from portal.services.actions.charging import note_charge
from portal.services.actions.telling import tell, tell_failed
from portal.services.changes import Act, Change, Item, Line, Terms
from portal.services.models import Order, OrderItem, Quote, Subscription
from portal.services.queries import fees_of
from portal.services.quoting import altered, prolonged, rates_of, resumed
from portal.services.states import ItemState, OrderState
from portal.services.terms import term_end


def complete(order: Order, *, now: datetime) -> None:
    """End an order of which everything is done.

    Subscriptions begin and end, charges are noted; publishes ServiceStarted, ServiceEnded,
    ServicePaused, ServiceResumed and OrderCompleted; records `services.order_completed`; tells who
    placed it and the holder.
    """
    terms = _quote_of(order).terms
    fees = _fees(order, terms)
    for item in order.items:
        _put_into_force(order, item, terms, now)
    for line in fees:
        _charge(order, line)
    order.go(OrderState.COMPLETED, now=now)
    events.publish(
        OrderCompleted(
            account_id=order.account_id,
            order_id=order.id,
            user_id=order.placed_by_id,
            ref=order.ref,
            order_number=order.number,
        )
    )
    audit.record("services.order_completed", subject=order, number=order.number)
    tell(order, "services.order_completed")


def fail(order: Order, *, now: datetime) -> None:
    """End an order that the network refused: what was done is taken back, or it says `partial`.

    What the network would not take back is put into force as it is, with its fees.
    Publishes OrderFailed; records `services.order_failed`; tells who placed it and the holder.
    """
    terms = _quote_of(order).terms
    fees = _fees(order, terms)
    kept = [item for item in order.items if item.state == ItemState.KEPT]
    for item in kept:
        _put_into_force(order, item, terms, now)
    for line in fees:
        if line.code in {item.code for item in kept}:
            _charge(order, line)
    for item in order.items:
        if item.state == ItemState.ACKNOWLEDGED:
            item.go(ItemState.CANCELLED, now=now)
    order.go(OrderState.PARTIAL if kept else OrderState.FAILED, now=now, note=order.failure)
    audit.record("services.order_failed", subject=order, reason=order.failure)
    tell_failed(order)


def call_off(order: Order, *, now: datetime) -> None:
    """End an order that the customer cancelled and of which nothing holds: nothing is charged.

    Publishes OrderCancelled.
    """
    for item in order.items:
        if item.state == ItemState.ACKNOWLEDGED:
            item.go(ItemState.CANCELLED, now=now)
    order.go(OrderState.CANCELLED, now=now)
    events.publish(OrderCancelled(order.account_id, order.id, order.number))


def _quote_of(order: Order) -> Quote:
    query = select(Quote).options(joinedload(Quote.offering)).where(Quote.id == order.quote_id)
    return session.scalars(query).one()


def _fees(order: Order, terms: Terms) -> tuple[Line, ...]:
    """Return what is paid once: on the day of a visit it may be less. Nothing has ended yet."""
    ending = (
        select(Subscription)
        .options(joinedload(Subscription.offering))
        .where(Subscription.id.in_(item.subscription_id for item in terms.ends))
        .order_by(Subscription.id)
        .with_for_update(of=Subscription)
    )
    held = session.scalars(ending).all() if order.needs_technician and terms.ends else ()
    return fees_of(order, terms, (each.running for each in held))


def _put_into_force(order: Order, item: OrderItem, terms: Terms, now: datetime) -> None:
    code, promised = item.offering.code, terms.items[item.position]
    if promised.act is Act.ADD:
        begun = _subscription(order, item, promised, now)
        begun.term_until = term_end(terms.effective_on, promised.term_months)
        begun.carried = promised.carried
        session.add(begun)
        events.publish(ServiceStarted(account_id=order.account_id, offering_code=code))
    elif promised.act is Act.DELETE:
        _end_subscription(order, item, now)
        events.publish(ServiceEnded(account_id=order.account_id, offering_code=code))
    else:
        _change_subscription(item, promised, terms.effective_on, local(now).date())
        changed = ServicePaused if promised.change is Change.PAUSE else ServiceResumed
        events.publish(changed(account_id=order.account_id, offering_code=code))


def _subscription(order: Order, item: OrderItem, promised: Item, now: datetime) -> Subscription:
    today = local(now).date()
    place = session.scalar(
        select(Premises.id)
        .where(Premises.account_id == order.account_id)
        .order_by(Premises.id)
        .limit(1)
    )
    begun = Subscription(
        account_id=order.account_id,
        premises_id=place,
        offering_id=item.offering_id,
        price=item.price,
        is_promo=promised.promo is not None,
        started_at=now,
        started_on=today,
        exit_fee=promised.exit_fee,
    )
    begun.set_prices(rates=rates_of(promised, today), pauses=())
    return begun


def _change_subscription(item: OrderItem, promised: Item, since: date, today: date) -> None:
    """Pause from the day that the quote named, or resume from today."""
    subscription = _locked_subscription(item)
    held = subscription.running
    if promised.change is Change.PAUSE:
        subscription.rests_until = promised.until_on
        after = altered(held, promised, since)
    else:
        subscription.rests_until = None
        after = resumed(held, today)
    subscription.set_prices(rates=after.rates, pauses=after.pauses)


def _locked_subscription(item: OrderItem) -> Subscription:
    query = (
        select(Subscription)
        .options(joinedload(Subscription.offering))
        .where(Subscription.id == item.subscription_id)
        .with_for_update(of=Subscription)  # A rise may be on its way to it.
    )
    return session.scalars(query).one()


def _end_subscription(order: Order, item: OrderItem, now: datetime) -> None:
    """Nobody pays for the operator's slowness: the end is the order's day.

    That is the day that the quote named, or, where a technician comes first, the day of his visit.
    What the network has at rest until its end is paused until its end.
    """
    ends_on = order.effective_on
    subscription = _locked_subscription(item)
    if subscription.rests_until:
        held = prolonged(subscription.running, ends_on)
        subscription.set_prices(rates=held.rates, pauses=held.pauses)
    subscription.end(on=ends_on, now=now)


def _charge(order: Order, line: Line) -> None:
    kind = line.kind.value
    note_charge(
        order.account_id,
        kind,
        line.amount,
        reference=f"order:{order.number}:{kind}:{line.code}",
        offering_id=next(i.offering_id for i in order.items if i.offering.code == line.code),
        count=line.count or None,
        price=line.price or None,
    )
