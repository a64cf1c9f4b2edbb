"""End pauses on their day: the portal orders what the customer was promised."""

import logging
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account, User
from portal.core.db import session, transaction
from portal.core.errors import RuleError
from portal.core.text import today
from portal.services.actions.orders import place_order
from portal.services.actions.quotes import quote_resume
from portal.services.changes import Change
from portal.services.models import Order, OrderItem, Subscription

log = logging.getLogger(__name__)

AT_ONCE = 100


def wake_services() -> int:
    """Order that services work again whose pause is over; return how many were ordered.

    AT_ONCE at most, those that wait longest first. What an open order touches waits for it.
    """
    with transaction():
        due = session.scalars(
            select(Subscription.id)
            .where(Subscription.rests_until <= today(), Subscription.ended_on.is_(None))
            .order_by(Subscription.rests_until, Subscription.id)
            .limit(AT_ONCE)
        ).all()
    return sum(_wake(subscription_id) for subscription_id in due)


def _wake(subscription_id: UUID) -> bool:
    try:
        with transaction():
            subscription = _resting(subscription_id)
            if subscription is None:
                return False
            account = session.get_one(Account, subscription.account_id)
            by = _who_paused(subscription_id)
            quote = quote_resume(account, subscription, by=by)
            place_order(account, quote, by=by, undo=timedelta(0))
    except RuleError as error:
        log.info("services.wake_waits subscription=%s why=%s", subscription_id, error.marked.msgid)
        return False
    return True


def _resting(subscription_id: UUID) -> Subscription | None:
    """Return it, if it still rests, with its account locked: one order at a time."""
    query = (
        select(Subscription)
        .join(Account, Account.id == Subscription.account_id)
        .options(joinedload(Subscription.offering))
        .where(Subscription.id == subscription_id, Subscription.ended_on.is_(None))
        .where(Subscription.rests_until <= today())
        .with_for_update(of=Account)
    )
    return session.scalar(query)


def _who_paused(subscription_id: UUID) -> User:
    query = (
        select(User)
        .join(Order, Order.placed_by_id == User.id)
        .join(OrderItem, OrderItem.order_id == Order.id)
        .where(OrderItem.subscription_id == subscription_id)
        .where(OrderItem.change == Change.PAUSE.value)
        .order_by(Order.placed_at.desc())
        .limit(1)
    )
    return session.scalars(query).one()
