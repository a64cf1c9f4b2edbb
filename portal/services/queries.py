"""Reads of subscriptions, quotes, orders and money."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.accounts.models import Account
from portal.catalog.families import Family
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.money import ZERO
from portal.core.paging import Page, page_of
from portal.services.models import Charge, Order, OrderItem, Quote, Subscription
from portal.services.proration import Month
from portal.services.quoting import Household, month_total
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


@dataclass(frozen=True)
class InFlight:
    """An item of an order that has not ended: what comes, or which subscription goes."""

    number: str
    item: OrderItem


def subscriptions_of(account: Account) -> Sequence[Subscription]:
    """Return what the account has now, in the order of the catalogue."""
    return sorted(
        session.scalars(_subscriptions(account).where(Subscription.ended_on.is_(None))),
        key=lambda each: (each.offering.position, each.id),
    )


def subscriptions_page(account: Account, *, after: str | None = None) -> Page[Subscription]:
    """Return a page of what the account has now, newest first."""
    query = _subscriptions(account).where(Subscription.ended_on.is_(None))
    return page_of(query, Subscription.id, after=after)


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
    held = _overlapping(account, month.preceding.first_day)
    extras = _extras(account, month.preceding.first_day)
    this, last = (
        statement_of(each, (one.running for one in held), extras.get(each.first_day, ()))
        for each in (month, month.preceding)
    )
    return MonthView(
        statement=this,
        before=last,
        running=[each for each in held if each.is_running],
        names={each.offering.code: each.offering.name for each in held},
    )


def household_of(account: Account, today: date) -> Household:
    """Return what the account pays for in the month of `today`, as quotes are composed from it."""
    month = Month.of(today)
    held = tuple(each.running for each in _overlapping(account, month.first_day))
    extras = _extras(account, month.first_day).get(month.first_day, ())
    bare = Household(today, held)
    return replace(bare, charged=statement_of(month, held, extras).total - month_total(bare))


def items_in_flight(account: Account) -> list[InFlight]:
    """Return the items of the account's orders that have not ended, oldest order first."""
    query = (
        select(OrderItem)
        .join(OrderItem.order)
        .options(contains_eager(OrderItem.order), joinedload(OrderItem.offering))
        .where(OrderItem.account_id == account.id, Order.account_id == account.id)
        .where(Order.state.not_in(ENDED))
        .order_by(Order.placed_at, OrderItem.position, OrderItem.id)
    )
    return [InFlight(item.order.number, item) for item in session.scalars(query)]


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


def _extras(account: Account, since: date) -> dict[date, list[Extra]]:
    """Return the charges of the months from `since` on, by the first day of their month."""
    query = (
        select(Charge)
        .options(joinedload(Charge.offering))
        .where(Charge.account_id == account.id, Charge.month_on >= since)
        .order_by(Charge.created_at, Charge.id)
    )
    by_month: dict[date, list[Extra]] = {}
    for charge in session.scalars(query):
        by_month.setdefault(charge.month_on, []).append(_extra(charge))
    return by_month


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


def codes_of(items: Iterable[InFlight]) -> dict[str, str]:
    """Return the numbers of the orders in flight by the codes of what they bring."""
    return {each.item.offering.code: each.number for each in items if each.item.is_addition}
