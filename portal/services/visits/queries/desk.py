"""Reads of the dispatcher: orders that wait for a time, and those that the network holds.

The network also holds what was given up while it was held, until its word is known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account, Premises
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.paging import PER_PAGE, Page, page_of
from portal.services.models import Order, OrderStep
from portal.services.states import OrderState
from portal.services.visits.models import Visit
from portal.services.visits.states import VisitState

AT_NETWORK = (OrderState.HELD, OrderState.PENDING_CANCELLATION)


@dataclass(frozen=True)
class Awaiting:
    """An order that somebody of the desk has to do something about, and whose it is.

    `since` is when it came to where it is; `last` the newest visit, if there was one.
    """

    order: Order
    account: Account
    since: datetime
    last: Visit | None = None

    @property
    def is_without_time(self) -> bool:
        """Say whether it waits for a technician whom nobody has booked."""
        is_booked = self.last is not None and self.last.is_booked
        return self.order.state == OrderState.PENDING and not is_booked

    @property
    def is_given_up(self) -> bool:
        """Say whether it is being cancelled: nobody can take it up again."""
        return self.order.state == OrderState.PENDING_CANCELLATION

    @property
    def place(self) -> Premises | None:
        """Return the address to which a technician goes."""
        return next(iter(self.account.premises), None)


def without_a_time(*, after: str | None = None) -> Page[Awaiting]:
    """Return a page of the orders that wait for a technician whom nobody has booked.

    The oldest first. Six statements.
    """
    page = _page(_timeless(), after)
    last = _last_visits(page)
    accounts = _accounts_of(page)
    return Page([_timeless_one(each, accounts, last.get(each.id)) for each in page], page.next)


def order_at_desk(order_id: UUID) -> Awaiting:
    """Return any order with its newest visit, whether or not it waits. Raises NotFoundError."""
    order = session.scalar(_orders().where(Order.id == order_id))
    if order is None:
        raise NotFoundError
    return _timeless_one(order, _accounts_of([order]), _last_visits([order]).get(order.id))


def held_orders(*, after: str | None = None) -> Page[Awaiting]:
    """Return a page of the orders that the network holds, the oldest first. Five statements."""
    page = _page(_in_state(*AT_NETWORK), after)
    accounts, since = _accounts_of(page), _in_their_state_since(page)
    return Page(
        [
            Awaiting(each, accounts[each.account_id], since.get(each.id, each.starts_at))
            for each in page
        ],
        page.next,
    )


def _in_their_state_since(orders: Iterable[Order]) -> dict[UUID, datetime]:
    query = (
        select(OrderStep.order_id, func.max(OrderStep.at))
        .join(Order, and_(Order.id == OrderStep.order_id, Order.state == OrderStep.state))
        .where(OrderStep.order_id.in_(each.id for each in orders))
        .group_by(OrderStep.order_id)
    )
    return dict(session.execute(query).all())


def desk_counts() -> tuple[int, int]:
    """Return how many orders wait for a time, and how many the network holds. Two statements."""
    timeless = session.scalar(
        select(func.count()).where(Order.state == OrderState.PENDING, ~_is_booked())
    )
    held = session.scalar(select(func.count()).where(Order.state.in_(AT_NETWORK)))
    return timeless or 0, held or 0


def _page(query: Select[Order], after: str | None) -> Page[Order]:
    keys = Order.placed_at, Order.id
    return page_of(query, *keys, after=after, newest_first=False, per_page=PER_PAGE)


def _timeless() -> Select[Order]:
    return _in_state(OrderState.PENDING).where(~_is_booked())


def _is_booked() -> ColumnElement[bool]:
    return (
        select(Visit.id)
        .where(Visit.order_id == Order.id, Visit.state == VisitState.BOOKED)
        .correlate(Order)
        .exists()
    )


def _in_state(*states: OrderState) -> Select[Order]:
    return _orders().where(Order.state.in_(states))


def _orders() -> Select[Order]:
    return select(Order).options(joinedload(Order.offering), joinedload(Order.quote))


def _timeless_one(order: Order, accounts: Mapping[UUID, Account], last: Visit | None) -> Awaiting:
    since = last.ended_at if last and last.ended_at else order.placed_at
    return Awaiting(order, accounts[order.account_id], since, last)


def _last_visits(orders: Iterable[Order]) -> dict[UUID, Visit]:
    rows = session.scalars(
        select(Visit)
        .ext(distinct_on(Visit.order_id))
        .where(Visit.order_id.in_(order.id for order in orders))
        .order_by(Visit.order_id, Visit.id.desc())
    )
    return {visit.order_id: visit for visit in rows}


def _accounts_of(orders: Iterable[Order]) -> dict[UUID, Account]:
    rows = session.scalars(
        select(Account)
        .options(selectinload(Account.premises))
        .where(Account.id.in_(order.account_id for order in orders))
        .order_by(Account.id)
    )
    return {account.id: account for account in rows}
