"""Reads of visits: an order's, a day's, and those that something is to be done about."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from portal.accounts.models import Account, Premises
from portal.accounts.queries import told_of
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.text import ZONE
from portal.services.models import Order
from portal.services.queries import newest_open
from portal.services.visits.models import Area, Visit
from portal.services.visits.queries.places import in_area
from portal.services.visits.slots import slots_of
from portal.services.visits.states import VisitState


def visit_of(account: Account, visit_id: UUID) -> Visit:
    """Return a visit of this account with its order. Raises NotFoundError for any other."""
    query = _visits().where(
        Visit.id == visit_id, Visit.account_id == account.id, Order.account_id == account.id
    )
    if found := session.scalar(query):
        return found
    raise NotFoundError


def visit_of_desk(visit_id: UUID) -> Visit:
    """Return any visit with its order. Raises NotFoundError."""
    if found := session.scalar(_visits().where(Visit.id == visit_id)):
        return found
    raise NotFoundError


def last_visit(order: Order) -> Visit | None:
    """Return the booked visit of an order, else the newest one, however it ended, or None."""
    return session.scalar(
        select(Visit)
        .where(Visit.order_id == order.id, Visit.account_id == order.account_id)
        .order_by((Visit.state == VisitState.BOOKED).desc(), Visit.id.desc())
        .limit(1)
    )


def orders_on_the_way(account: Account) -> list[tuple[Order, datetime | None]]:
    """Return the account's open orders, each with when a technician comes. One statement."""
    comes_at = (
        select(Visit.starts_at)
        .where(Visit.order_id == Order.id, Visit.state == VisitState.BOOKED)
        .scalar_subquery()
    )
    rows = session.execute(newest_open(account).add_columns(comes_at)).unique()
    return [(order, starts_at) for order, starts_at in rows]


def booked_visit(order: Order) -> Visit | None:
    """Return the visit that an order waits for, locked, or None. The order is locked before it."""
    return _locked(order, Visit.state == VisitState.BOOKED)


def locked_visit(order: Order, visit_id: UUID) -> Visit:
    """Return a visit of an order, locked. Raises NotFoundError."""
    if found := _locked(order, Visit.id == visit_id):
        return found
    raise NotFoundError


def visits_on(area: Area, day: date) -> Sequence[tuple[Visit, Premises | None]]:
    """Return the visits of a day in an area with order, contract and address, by time."""
    slots = slots_of(day, ZONE)
    first_place = (
        select(Premises.id)
        .where(Premises.account_id == Visit.account_id)
        .order_by(Premises.id)
        .limit(1)
        .correlate(Visit)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Visit, Premises)
        .join(Visit.order)
        .outerjoin(Premises, Premises.id == first_place)
        .options(
            contains_eager(Visit.order).options(joinedload(Order.offering)),
            joinedload(Premises.account),
        )
        .where(in_area(Visit, area))
        .where(Visit.starts_at.between(slots[0].starts_at, slots[-1].starts_at))
        .where(Visit.state != VisitState.CANCELLED)
        .order_by(Visit.starts_at, Visit.id)
    )
    return [(visit, place) for visit, place in rows]


def address_of(visit: Visit) -> Premises | None:
    """Return the address to which a technician goes, with its contract."""
    return session.scalar(
        select(Premises)
        .options(joinedload(Premises.account))
        .where(Premises.account_id == visit.account_id)
        .order_by(Premises.id)
        .limit(1)
    )


def people_of(visit: Visit) -> list[UUID]:
    """Return who is told about a visit: who booked it, and who holds the contract now."""
    return told_of(visit.account_id, first=visit.booked_by_id)


def to_be_reminded(now: datetime, *, most: int) -> Sequence[Visit]:
    """Return visits of which people are to be reminded, locked; others' are passed over."""
    return session.scalars(
        select(Visit)
        .options(joinedload(Visit.order, innerjoin=True).joinedload(Order.offering, innerjoin=True))
        .where(Visit.state == VisitState.BOOKED, Visit.remind_at <= now)
        .order_by(Visit.remind_at, Visit.id)
        .limit(most)
        .with_for_update(of=Visit, skip_locked=True)
    ).all()


def without_result(ended_before: datetime, *, most: int) -> Sequence[UUID]:
    """Return the orders of booked visits that ended before a moment, the oldest first."""
    query = (
        select(Visit.order_id)
        .where(Visit.state == VisitState.BOOKED, Visit.ends_at <= ended_before)
        .order_by(Visit.ends_at, Visit.id)
        .limit(most)
    )
    return session.scalars(query).all()


def _locked(order: Order, condition: ColumnElement[bool]) -> Visit | None:
    visit = session.scalar(
        select(Visit)
        .where(Visit.order_id == order.id, condition)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if visit:
        set_committed_value(visit, "order", order)
    return visit


def _visits() -> Select[Visit]:
    return (
        select(Visit)
        .join(Visit.order)
        .options(contains_eager(Visit.order).options(joinedload(Order.offering)))
    )
