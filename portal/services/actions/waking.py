"""End pauses on their day: the portal orders what the customer was promised."""

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account, User
from portal.core import clock
from portal.core.db import session, transaction
from portal.core.errors import RuleError
from portal.core.text import _l, today
from portal.services.actions.orders import place_order
from portal.services.actions.quotes import quote_resume
from portal.services.changes import Change
from portal.services.models import Order, OrderItem, Subscription
from portal.services.quoting import prolonged
from portal.services.states import OrderState

log = logging.getLogger(__name__)

AT_ONCE = 100
AFTER_REFUSAL = timedelta(days=1)

Place = tuple[date, UUID]


def wake_services() -> int:
    """Order that services work again whose pause is over; return how many were ordered.

    Those that wait longest come first. What cannot be ordered yet is passed over and tried again
    with the next call; until it works its pause goes on, so that nobody pays for a service at rest.
    """
    woken, last = 0, None
    while due := _due(last):
        woken += sum(_wake(subscription_id) for _, subscription_id in due)
        last = due[-1]
    return woken


def _due(after: Place | None) -> Sequence[Place]:
    """Return the next AT_ONCE pauses that are over, behind `after`."""
    place = tuple_(Subscription.rests_until, Subscription.id)
    query = (
        select(Subscription.rests_until, Subscription.id)
        .where(Subscription.rests_until <= today(), Subscription.ended_on.is_(None))
        .order_by(Subscription.rests_until, Subscription.id)
        .limit(AT_ONCE)
    )
    if after:
        query = query.where(place > after)
    with transaction():
        return [(day, own) for day, own in session.execute(query) if day]


def _wake(subscription_id: UUID) -> bool:
    with transaction():
        subscription = _resting(subscription_id)
        if subscription is None:
            return False
        try:
            with session.begin_nested():
                _order(subscription)
        except RuleError as error:
            why = error.marked.msgid
            log.info("services.wake_waits subscription=%s why=%s", subscription_id, why)
            _rest_on(subscription)
            return False
        return True


def _order(subscription: Subscription) -> None:
    """Order that it works again. Raises RuleError if something is in the way."""
    by = _who_paused(subscription.id)
    if by is None or _was_refused(subscription.id):
        raise RuleError(_l("The network refused it."))
    account = session.get_one(Account, subscription.account_id)
    quote = quote_resume(account, subscription, by=by)
    place_order(account, quote, by=by, undo=timedelta(0))


def _rest_on(subscription: Subscription) -> None:
    """Let its pause last through today: the network still has it at rest."""
    held = prolonged(subscription.running, today() + timedelta(days=1))
    subscription.set_prices(rates=held.rates, pauses=held.pauses)


def _resting(subscription_id: UUID) -> Subscription | None:
    """Return it, if it still rests, with its account locked: one order at a time."""
    query = (
        select(Subscription)
        .join(Account, Account.id == Subscription.account_id)
        .options(joinedload(Subscription.offering))
        .where(Subscription.id == subscription_id, Subscription.ended_on.is_(None))
        .where(Subscription.rests_until <= today())
        .with_for_update(of=(Account, Subscription))
    )
    return session.scalar(query)


def _was_refused(subscription_id: UUID) -> bool:
    """Tell whether the network refused to wake it a short while ago."""
    query = (
        select(Order.id)
        .join(OrderItem, OrderItem.order_id == Order.id)
        .where(OrderItem.subscription_id == subscription_id)
        .where(OrderItem.change == Change.RESUME.value)
        .where(Order.state == OrderState.FAILED.value)
        .where(Order.ended_at > clock.now() - AFTER_REFUSAL)
        .limit(1)
    )
    return session.scalar(query) is not None


def _who_paused(subscription_id: UUID) -> User | None:
    query = (
        select(User)
        .join(Order, Order.placed_by_id == User.id)
        .join(OrderItem, OrderItem.order_id == Order.id)
        .where(OrderItem.subscription_id == subscription_id)
        .where(OrderItem.change == Change.PAUSE.value)
        .order_by(Order.placed_at.desc())
        .limit(1)
    )
    return session.scalars(query).first()
