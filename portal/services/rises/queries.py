"""Which services a rise comes to."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Numeric, and_, func, select
from sqlalchemy.orm import joinedload

from portal.catalog.models import Offering
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.text import is_storable
from portal.services.models import Subscription
from portal.services.rises.models import PriceRise


def offering_of_rise(code: str) -> Offering:
    """Return an offering by its code, sold or not. Raises NotFoundError if there is none."""
    query = select(Offering).where(Offering.code == code)
    found = session.scalar(query) if is_storable(code) else None
    if found is None:
        raise NotFoundError
    return found


def rises_of(offering: Offering) -> list[PriceRise]:
    """Return its rises with their authors, the newest first."""
    query = select(PriceRise).options(joinedload(PriceRise.author))
    query = query.where(PriceRise.offering_id == offering.id)
    return list(session.scalars(query.order_by(PriceRise.from_on.desc(), PriceRise.id)))


def reached(offering: Offering, monthly: Decimal, from_on: date) -> tuple[int, int]:
    """Return how many running services would cost less than `monthly`, and how many of them wait.

    Those wait that are bound by a term beyond `from_on`.
    """
    last = func.coalesce(Subscription.rates[-1]["price"].astext.cast(Numeric), Subscription.price)
    cheaper = and_(_runs(offering.id), last < monthly)
    carried = Subscription.kept_bond["until"].astext.cast(Date)
    bound = func.count().filter(func.greatest(Subscription.term_until, carried) > from_on)
    row = session.execute(select(func.count(), bound).where(cheaper)).one()
    return row[0], row[1]


def unfinished() -> list[UUID]:
    """Return the rises of which somebody may not have been told yet, the oldest first."""
    query = select(PriceRise.id).where(PriceRise.done_at.is_(None)).order_by(PriceRise.id)
    return list(session.scalars(query))


def next_services(offering_id: UUID, *, after: UUID | None, most: int) -> list[Subscription]:
    """Return the next running services of an offering by id, locked until the transaction ends."""
    query = (
        select(Subscription)
        .options(joinedload(Subscription.offering))
        .where(_runs(offering_id))
        .order_by(Subscription.id)
        .limit(most)
        .with_for_update(of=Subscription)
    )
    if after:
        query = query.where(Subscription.id > after)
    return list(session.scalars(query))


def _runs(offering_id: UUID) -> ColumnElement[bool]:
    return and_(Subscription.offering_id == offering_id, Subscription.ended_on.is_(None))
