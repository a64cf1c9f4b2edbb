"""What stands around a change: the household, the address, and the open orders."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account, Premises
from portal.catalog.models import Offering
from portal.catalog.rules import OfferingRule
from portal.core.db import session
from portal.core.text import today
from portal.services.changes import Act
from portal.services.household import Household, Running, total
from portal.services.judging import Surroundings
from portal.services.models import Order, OrderItem
from portal.services.proration import Month
from portal.services.queries.held import charges_since, extras_of, overlapping
from portal.services.quoting import enacted
from portal.services.statement import statement_of
from portal.services.states import ENDED, OrderState


def household_of(account: Account, day: date, orders: Sequence[Order] = ()) -> Household:
    """Return what the account pays for in the month of `day`, as quotes are composed from it.

    `orders` are the open ones: what they intend is taken as done on its day. Subscriptions and
    charges are two statements.
    """
    month = Month.of(day)
    held = tuple(each.running for each in overlapping(account, month.first_day))
    extras = extras_of(charges_since(account, month.first_day), month)
    running, planned = intended(held, orders)
    charged = statement_of(month, held, extras).total - total(held, month)
    return Household(day, running, charged, planned)


def intended(
    held: tuple[Running, ...], orders: Sequence[Order]
) -> tuple[tuple[Running, ...], tuple[Running, ...]]:
    """Return what runs as open orders will leave it, and what they bring; not what is cancelled."""
    after = held
    for order in orders:
        if order.state == OrderState.PENDING_CANCELLATION:
            continue
        rules = {item.offering.code: item.offering.rule for item in order.items}
        day = max(order.effective_on, today()) if order.needs_technician else order.effective_on
        after = enacted(order.quote.terms.items, day, after, rules)
    return after[: len(held)], after[len(held) :]


def unended_orders(account: Account) -> Sequence[Order]:
    """Return every order that has not ended, with quote and items, oldest first. One statement."""
    query = (
        select(Order)
        .options(
            joinedload(Order.quote),
            joinedload(Order.items).joinedload(OrderItem.offering),
        )
        .where(Order.account_id == account.id, Order.state.not_in(ENDED))
        .order_by(Order.placed_at, Order.id)
    )
    return session.scalars(query).unique().all()


def surroundings_of(
    account: Account, offerings: dict[str, Offering], day: date | None = None
) -> Surroundings:
    """Return what stands around a change on `day` (None: today). Four statements at most."""
    orders = unended_orders(account)
    numbers: dict[str | UUID, str] = {}
    arriving: list[OfferingRule] = []
    leaving: dict[UUID, date] = {}
    for order in orders:
        for item in order.items:
            numbers[item.subscription_id or item.offering.code] = order.number
            if item.is_addition:
                arriving.append(item.offering.rule)
            elif item.subscription_id and item.act == Act.DELETE:
                leaving[item.subscription_id] = order.effective_on
    return Surroundings(
        household=household_of(account, day or today(), orders),
        place=_place_of(account),
        offerings=offerings,
        arriving=tuple(arriving),
        leaving=leaving,
        orders=numbers,
        later=_touched_later(orders),
    )


def _touched_later(orders: Sequence[Order]) -> frozenset[UUID]:
    """Return the subscriptions of orders that wait for a day to come, if no other touches them."""
    later, now = set[UUID](), set[UUID]()
    for order in orders:
        waits = order.state == OrderState.ACKNOWLEDGED and order.effective_on > today()
        touched = later if waits else now
        touched.update(item.subscription_id for item in order.items if item.subscription_id)
    return frozenset(later - now)


def _place_of(account: Account) -> Premises | None:
    query = select(Premises).where(Premises.account_id == account.id).order_by(Premises.id).limit(1)
    return session.scalar(query)
