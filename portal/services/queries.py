"""Reads of subscriptions, quotes, orders and money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account, Premises
from portal.catalog.families import Family
from portal.catalog.models import Offering
from portal.catalog.rules import OfferingRule
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.money import ZERO
from portal.core.paging import Page, page_of
from portal.core.text import today
from portal.services.changes import Act
from portal.services.household import Household, Running, total
from portal.services.judging import Surroundings
from portal.services.models import Charge, Order, OrderItem, Quote, Subscription
from portal.services.proration import Month
from portal.services.quoting import enacted
from portal.services.statement import Extra, Statement, statement_of
from portal.services.states import ENDED

OPEN_SHOWN = 3


@dataclass(frozen=True)
class MonthView:
    """This month beside the one before. `running` are the subscriptions of now, oldest first."""

    statement: Statement
    before: Statement
    running: Sequence[Subscription]
    names: dict[str, str]

    @property
    def change(self) -> Decimal:
        """Return by how much this month is dearer than the one before."""
        return self.statement.total - self.before.total


def subscriptions_of(account: Account) -> Sequence[Subscription]:
    """Return what the account has now, in the order of the catalogue."""
    return sorted(
        session.scalars(_subscriptions(account).where(Subscription.ended_on.is_(None))),
        key=lambda each: (each.offering.position, each.id),
    )


def subscriptions_page(account: Account, *, after: str | None = None) -> Page[Subscription]:
    """Return a page of what the account has now: newest first, or as the catalogue if all fits."""
    query = _subscriptions(account).where(Subscription.ended_on.is_(None))
    page = page_of(query, Subscription.id, after=after)
    if after or page.next:
        return page
    return Page(sorted(page.items, key=lambda each: each.offering.position), None)


def subscription_of(account: Account, subscription_id: UUID) -> Subscription:
    """Return a running subscription of this account. Raises NotFoundError for any other."""
    query = _subscriptions(account).where(
        Subscription.id == subscription_id, Subscription.ended_on.is_(None)
    )
    if found := session.scalar(query):
        return found
    raise NotFoundError


def month_of(account: Account, on: date) -> MonthView:
    """Return the statement of the month of the local day `on`, and of the month before.

    Two statements of SQL: subscriptions and charges.
    """
    month = Month.of(on)
    held = sorted(
        _overlapping(account, month.preceding.first_day), key=lambda each: each.offering.position
    )
    charges = _charges(account, month.preceding.first_day)
    this, last = (
        statement_of(each, (one.running for one in held), _extras(charges, each))
        for each in (month, month.preceding)
    )
    offerings = [*(each.offering for each in held), *(each.offering for each in charges)]
    return MonthView(
        statement=this,
        before=last,
        running=[each for each in held if each.is_running],
        names={each.code: each.name for each in offerings if each},
    )


def household_of(account: Account, day: date, orders: Sequence[Order] = ()) -> Household:
    """Return what the account pays for in the month of `day`, as quotes are composed from it.

    `orders` are the open ones: what they intend is taken as done on its day. Subscriptions and
    charges are two statements.
    """
    month = Month.of(day)
    held = tuple(each.running for each in _overlapping(account, month.first_day))
    extras = _extras(_charges(account, month.first_day), month)
    running, planned = _intended(held, orders)
    charged = statement_of(month, held, extras).total - total(held, month)
    return Household(day, running, charged, planned)


def _intended(
    held: tuple[Running, ...], orders: Sequence[Order]
) -> tuple[tuple[Running, ...], tuple[Running, ...]]:
    """Return what runs as open orders will leave it, and what they bring."""
    after = held
    for order in orders:
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
    )


def open_orders(account: Account) -> Sequence[Order]:
    """Return the newest orders that have not ended (three at most), with offering and history."""
    newest = (
        select(Order.id)
        .where(Order.account_id == account.id, Order.state.not_in(ENDED))
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(OPEN_SHOWN)
    )
    query = (
        _orders(account)
        .options(joinedload(Order.history))
        .where(Order.id.in_(newest))
        .order_by(Order.placed_at.desc(), Order.id.desc())
    )
    return session.scalars(query).unique().all()


def orders_page(account: Account, *, after: str | None = None) -> Page[Order]:
    """Return a page of the account's orders, newest first."""
    return page_of(_orders(account), Order.placed_at, Order.id, after=after)


def order_of(account: Account, order_id: UUID) -> Order:
    """Return an order of this account, with items and history. Raises NotFoundError."""
    query = (
        _orders(account)
        .options(joinedload(Order.items).joinedload(OrderItem.offering), joinedload(Order.history))
        .where(Order.id == order_id)
    )
    if found := session.scalars(query).unique().one_or_none():
        return found
    raise NotFoundError


def locked_order(condition: ColumnElement[bool]) -> Order:
    """Return an order to be changed, with all that belongs to it, and let nobody else change it.

    Raises NotFoundError.
    """
    query = (
        select(Order)
        .options(
            joinedload(Order.offering, innerjoin=True),
            selectinload(Order.items).joinedload(OrderItem.offering, innerjoin=True),
            selectinload(Order.history),
        )
        .where(condition)
        .with_for_update(of=Order)
        .execution_options(populate_existing=True)
    )
    if found := session.scalar(query):
        return found
    raise NotFoundError


def order_touching(account: Account, subscription_id: UUID) -> Order | None:
    """Return the open order that ends or changes a subscription, if there is one."""
    query = (
        _orders(account)
        .join(Order.items)
        .where(OrderItem.subscription_id == subscription_id, Order.state.not_in(ENDED))
        .order_by(Order.placed_at)
        .limit(1)
    )
    return session.scalar(query)


def order_of_quote(quote: Quote) -> Order | None:
    """Return the order that was placed with a quote, if there is one."""
    return session.scalar(select(Order).where(Order.quote_id == quote.id))


def quote_of(account: Account, quote_id: UUID) -> Quote:
    """Return a quote of this account, with its offering. Raises NotFoundError."""
    query = (
        select(Quote)
        .options(joinedload(Quote.offering))
        .where(Quote.id == quote_id, Quote.account_id == account.id)
    )
    if found := session.scalar(query):
        return found
    raise NotFoundError


def _place_of(account: Account) -> Premises | None:
    query = select(Premises).where(Premises.account_id == account.id).order_by(Premises.id).limit(1)
    return session.scalar(query)


def _subscriptions(account: Account) -> Select[Subscription]:
    return (
        select(Subscription)
        .options(joinedload(Subscription.offering))
        .where(Subscription.account_id == account.id)
    )


def _overlapping(account: Account, since: date) -> Sequence[Subscription]:
    """Return the subscriptions that run now or ran on `since` or later."""
    query = _subscriptions(account).where(
        Subscription.ended_on.is_(None) | (Subscription.ended_on > since)
    )
    return session.scalars(query.order_by(Subscription.started_at, Subscription.id)).all()


def _charges(account: Account, since: date) -> Sequence[Charge]:
    """Return the charges of the months from `since` on, in the order in which they came."""
    query = (
        select(Charge)
        .options(joinedload(Charge.offering))
        .where(Charge.account_id == account.id, Charge.month_on >= since)
        .order_by(Charge.created_at, Charge.id)
    )
    return session.scalars(query).all()


def _extras(charges: Sequence[Charge], month: Month) -> list[Extra]:
    return [_extra(each) for each in charges if each.month_on == month.first_day]


def _extra(charge: Charge) -> Extra:
    offering = charge.offering
    return Extra(
        reference=charge.reference,
        kind=charge.kind,
        amount=charge.amount,
        code=offering.code if offering else "",
        family=Family(offering.family) if offering else None,
        count=charge.count or 0,
        price=charge.price or ZERO,
        is_billed=charge.state == "billed",
    )


def _orders(account: Account) -> Select[Order]:
    return select(Order).options(joinedload(Order.offering)).where(Order.account_id == account.id)
