"""The demo's catalogue: two releases, so that there is a difference to look at, and a change."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select, update

from portal import catalog
from portal.accounts.demo import Cast
from portal.accounts.models import User
from portal.catalog.actions import change_offering, load_catalogue
from portal.catalog.models import CatalogueVersion, Price
from portal.catalog.queries import released, working_draft
from portal.catalog.reading import read_catalogue
from portal.catalog.sheet import CatalogueSheet, ComingPriceSheet, OfferingSheet, PriceSheet
from portal.core import clock
from portal.core.db import session
from portal.core.text import today

CATALOGUE = Path(catalog.__file__).with_name("offerings.yaml")
FIRST, SECOND = timedelta(days=420), timedelta(days=30)
CHEAPER, NEW, DEARER = "vmeste-500", "mesh", "static-ip"
ONCE, SOON = Decimal(9490), Decimal(1190)


def load(cast: Cast) -> None:
    """Add the catalogue as it was, as it became, and one price that waits for a release."""
    whole = read_catalogue(CATALOGUE.read_text(encoding="utf-8"))
    now = clock.now()
    load_catalogue(_as_it_was(whole), reason="Каталог переезжает в портал")
    session.flush()  # What follows moves rows that are in the database.
    _begin_at(now - FIRST)
    load_catalogue(whole, reason="Усилитель Wi-Fi в продаже, «Вместе 500» дешевле", by=cast.manager)
    session.flush()
    _begin_at(now - SECOND, since=now)
    _raise_soon(cast.manager)


def _as_it_was(whole: CatalogueSheet) -> CatalogueSheet:
    offerings = [each for each in whole.offerings if each.code != NEW]
    return CatalogueSheet(offerings=tuple(_dearer(each) for each in offerings))


def _dearer(sheet: OfferingSheet) -> OfferingSheet:
    if sheet.code != CHEAPER:
        return sheet
    return sheet.model_copy(update={"price": PriceSheet(monthly=ONCE)})


def _begin_at(at: datetime, *, since: datetime | None = None) -> None:
    """Move what was released just now (prices that began at `since` or later) back to `at`."""
    newest = select(CatalogueVersion.id).order_by(CatalogueVersion.number.desc()).limit(1)
    version = update(CatalogueVersion).where(CatalogueVersion.id == newest.scalar_subquery())
    session.execute(version.values(released_at=at))
    if since is None:
        session.execute(update(Price).values(valid_from=at))
    else:
        session.execute(update(Price).where(Price.valid_until >= since).values(valid_until=at))
        session.execute(update(Price).where(Price.valid_from > at).values(valid_from=at))


def _raise_soon(manager: User) -> None:
    """Let a dearer price from the first of the month after next wait in the draft."""
    sheet = released().by_code[DEARER]
    dearer = sheet.price.model_dump() | {"monthly": SOON, "valid_from": _month_after_next()}
    coming = ComingPriceSheet.model_validate(dearer)
    seal = working_draft().seal_of(DEARER)
    change_offering(sheet.model_copy(update={"coming_prices": (coming,)}), seen=seal, by=manager)


def _month_after_next() -> date:
    return (today().replace(day=1) + timedelta(days=62)).replace(day=1)
