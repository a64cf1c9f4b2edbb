"""Reads of the catalogue."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, select

from portal.catalog.models import Offering, Price
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.text import is_storable, today


@dataclass(frozen=True)
class Priced:
    """An offering with the price that it is sold for now."""

    offering: Offering
    monthly: Decimal
    one_time: Decimal
    promo_monthly: Decimal | None = None
    promo_months: int | None = None


def offerings_now() -> list[Priced]:
    """Return all that is sold today, in the order of the catalogue's file."""
    rows = session.execute(_priced()).all()
    return [Priced(*row) for row in rows if row[0].is_sold_on(today())]


def offering_now(code: str) -> Priced:
    """Return one offering that is sold today. Raises NotFoundError for any other code."""
    if not is_storable(code):
        raise NotFoundError
    row = session.execute(_priced().where(Offering.code == code)).one_or_none()
    if row is None or not row[0].is_sold_on(today()):
        raise NotFoundError
    return Priced(*row)


def offerings_by_code() -> dict[str, Offering]:
    """Return every offering by its code, sold today or not, in the order of the catalogue."""
    query = select(Offering).order_by(Offering.position, Offering.id)
    return {each.code: each for each in session.scalars(query)}


def _priced() -> Select[Offering, Decimal, Decimal, Decimal | None, int | None]:
    return (
        select(Offering, Price.monthly, Price.one_time, Price.promo_monthly, Price.promo_months)
        .join(Price, (Price.offering_id == Offering.id) & Price.valid_until.is_(None))
        .order_by(Offering.position, Offering.id)
    )
