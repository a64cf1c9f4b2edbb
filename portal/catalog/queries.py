"""Reads of the catalogue."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload, undefer

from portal.catalog.drafting import Draft, composed
from portal.catalog.models import CatalogueVersion, Offering, OfferingDraft, Price
from portal.catalog.places import CITIES, TECHNOLOGIES
from portal.catalog.sheet import CatalogueSheet
from portal.catalog.transcript import catalogue_of
from portal.core import clock
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.paging import Page, page_of
from portal.core.text import is_storable, today


@dataclass(frozen=True)
class Priced:
    """An offering with the price that it is sold for now."""

    offering: Offering
    monthly: Decimal
    one_time: Decimal
    promo_monthly: Decimal | None = None
    promo_months: int | None = None

    @property
    def first_monthly(self) -> Decimal:
        """Return what the first month costs."""
        return self.monthly if self.promo_monthly is None else self.promo_monthly


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


def known_cities_and_technologies() -> tuple[set[str], set[str]]:
    """Return the codes of cities and of lines: the portal's own, and what any offering names."""
    cities, technologies = set(CITIES), set(TECHNOLOGIES)
    for named in session.execute(select(Offering.cities, Offering.technologies)):
        cities.update(named.cities)
        technologies.update(named.technologies)
    return cities, technologies


def in_force(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a price is the one that is sold at `now`."""
    return and_(Price.valid_from <= now, or_(Price.valid_until.is_(None), Price.valid_until > now))


def _priced() -> Select[Offering, Decimal, Decimal, Decimal | None, int | None]:
    return (
        select(Offering, Price.monthly, Price.one_time, Price.promo_monthly, Price.promo_months)
        .join(Price, (Price.offering_id == Offering.id) & in_force(clock.now()))
        .order_by(Offering.position, Offering.id)
    )


def released() -> CatalogueSheet:
    """Return the catalogue as customers have it now, with the prices to come. One statement."""
    return catalogue_of(offerings_with_prices(), clock.now())


def offerings_with_prices() -> list[Offering]:
    """Return every offering in the catalogue's order; loaded are its prices of now and later."""
    query = (
        select(Offering)
        .join(Offering.prices)
        .where(or_(Price.valid_until.is_(None), Price.valid_until > clock.now()))
        .options(contains_eager(Offering.prices))
        .order_by(Offering.position, Offering.id, Price.valid_from)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query).unique())


def drafts() -> list[OfferingDraft]:
    """Return the changes that wait for a release, with their authors, the oldest first."""
    query = select(OfferingDraft).options(joinedload(OfferingDraft.author))
    query = query.order_by(OfferingDraft.id).execution_options(populate_existing=True)
    return list(session.scalars(query))


def working_draft() -> Draft:
    """Return what is released, and the changes that wait, as they read today. Two statements."""
    return composed(released(), drafts(), today())


def versions(*, after: str | None) -> Page[CatalogueVersion]:
    """Return a page of the releases with their authors, the newest first."""
    query = select(CatalogueVersion).options(joinedload(CatalogueVersion.author))
    return page_of(query, CatalogueVersion.released_at, CatalogueVersion.id, after=after)


def newest_number() -> int:
    """Return the number of the newest release; 0 before the first."""
    query = select(CatalogueVersion.number).order_by(CatalogueVersion.number.desc()).limit(1)
    return session.scalar(query) or 0


def version_with_sheet(number: int) -> CatalogueVersion:
    """Return a release with its author and its sheet. Raises NotFoundError if there is none."""
    query = (
        select(CatalogueVersion)
        .options(joinedload(CatalogueVersion.author), undefer(CatalogueVersion.sheet))
        .where(CatalogueVersion.number == number)
    )
    if version := session.scalar(query):
        return version
    raise NotFoundError
