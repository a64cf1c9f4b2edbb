"""What stands around a change: the household, the address, and the open orders."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account, Premises
from portal.catalog.models import Offering
from portal.catalog.rules import OfferingRule
from portal.core.db import session
from portal.core.text import today
from portal.services.changes import Act, Line, Terms
from portal.services.household import Household, Running, total
from portal.services.judging import Surroundings
from portal.services.models import Order, OrderItem, Quote
from portal.services.proration import Month
from portal.services.queries.held import charges_since, extras_of, overlapping
from portal.services.quoting import enacted
from portal.services.restating import restated
from portal.services.statement import statement_of
from portal.services.states import ENDED, OrderState


def household_of(account: Account, day: date, orders: Sequence[Order] = ()) -> Household:
    """Return what the account pays for in the month of `day`, as quotes are composed from it.

    `orders` are the open ones: what they intend is taken as done on its day. Subscriptions and
    charges are two statements.
    """
    return households_of(account, [day], orders)[day]


def households_of(
    account: Account, days: Sequence[date], orders: Sequence[Order] = ()
) -> dict[date, Household]:
    """Return the household of each of `days` (one at least). Two statements, as for one day."""
    since = Month.of(min(days)).first_day
    held = tuple(each.running for each in overlapping(account, since))
    charges = charges_since(account, since)
    running, planned = intended(held, orders)

    def charged(month: Month) -> Decimal:
        return statement_of(month, held, extras_of(charges, month)).total - total(held, month)

    return {day: Household(day, running, charged(Month.of(day)), planned) for day in days}


def terms_by_day(
    account: Account, quote: Quote, days: Sequence[date], offerings: Mapping[str, Offering]
) -> dict[date, Terms]:
    """Return the terms of a quote, ordered or not, as they are if it holds from each of `days`.

    `offerings` are at least those of its items. Three statements; none if there are no days.
    """
    if not days:
        return {}
    terms = quote.terms
    others = [order for order in unended_orders(account) if order.quote_id != quote.id]
    rules = {item.code: offerings[item.code].rule for item in terms.begins}
    found = households_of(account, days, others)
    return {day: restated(terms, household, rules) for day, household in found.items()}


def fees_of(order: Order, terms: Terms, running: Iterable[Running]) -> tuple[Line, ...]:
    """Return what an order that was quoted `terms` costs once, on its day.

    `running` is at least what it ends, its items and their offerings must be loaded. A day other
    than the quoted one is that of a technician's visit.
    """
    if not order.needs_technician:
        return terms.fees
    household = Household(order.day(today()), tuple(running))
    return restated(terms, household, _rules_of(order)).fees


def intended(
    held: tuple[Running, ...], orders: Sequence[Order]
) -> tuple[tuple[Running, ...], tuple[Running, ...]]:
    """Return what runs as open orders will leave it, and what they bring; not what is cancelled."""
    after = held
    for order in orders:
        if order.state == OrderState.PENDING_CANCELLATION:
            continue
        day = order.day(today())
        after = enacted(order.quote.terms.items, day, after, _rules_of(order))
    return after[: len(held)], after[len(held) :]


def _rules_of(order: Order) -> dict[str, OfferingRule]:
    return {item.offering.code: item.offering.rule for item in order.items}


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
