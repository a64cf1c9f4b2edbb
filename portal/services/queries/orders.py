"""Reads of quotes and orders."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.paging import Page, page_of
from portal.services.models import Order, OrderItem, OrderStep, Quote
from portal.services.states import ENDED

OPEN_SHOWN = 3


def open_orders(account: Account) -> Sequence[Order]:
    """Return the newest orders that have not ended (three at most), with offering and history."""
    return session.scalars(newest_open(account)).unique().all()


def newest_open(account: Account) -> Select[Order]:
    """Return the query of `open_orders`, for what is asked along with them."""
    newest = (
        select(Order.id)
        .where(Order.account_id == account.id, Order.state.not_in(ENDED))
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(OPEN_SHOWN)
    )
    return (
        _orders(account)
        .options(joinedload(Order.history))
        .where(Order.id.in_(newest))
        .order_by(Order.placed_at.desc(), Order.id.desc())
    )


def orders_page(account: Account, *, after: str | None = None) -> Page[Order]:
    """Return a page of the account's orders, newest first."""
    return page_of(_orders(account), Order.placed_at, Order.id, after=after)


def order_of(account: Account, order_id: UUID) -> Order:
    """Return an order of this account, with items, history and people. Raises NotFoundError."""
    query = (
        _orders(account)
        .options(
            joinedload(Order.items).joinedload(OrderItem.offering),
            joinedload(Order.history).joinedload(OrderStep.by),
        )
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


def _orders(account: Account) -> Select[Order]:
    return (
        select(Order)
        .options(joinedload(Order.offering), joinedload(Order.quote))
        .where(Order.account_id == account.id)
    )
