"""An offering as a sheet and as rows: the same thing, written twice."""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from portal.catalog.models import Offering, Price
from portal.catalog.sheet import CatalogueSheet, OfferingSheet, PriceSheet
from portal.core.money import ZERO
from portal.core.text import ZONE, local

_SAME = (
    *("characteristics", "cities", "technologies", "needs_technician", "pause"),
    *("requires", "excludes", "replaces", "sold_from", "sold_until"),
)
Step = tuple[datetime | None, dict[str, Any]]


def columns_of(sheet: OfferingSheet) -> dict[str, Any]:
    """Return the columns of an offering's row, but for its code and its position."""
    term = sheet.minimal_term
    return {
        "family": sheet.family.value,
        "is_plan": sheet.rule.is_plan,
        "names": sheet.name.model_dump(),
        "summaries": sheet.summary.model_dump(),
        "texts": sheet.text.model_dump(),
        "endings": sheet.ending.model_dump() if sheet.ending else {},
        "characteristics": sheet.characteristics.model_dump(exclude_none=True),
        "cities": list(sheet.cities),
        "technologies": list(sheet.technologies),
        "needs_technician": sheet.needs_technician,
        "term_months": term.months if term else 0,
        "exit_fee": term.exit_fee if term else ZERO,
        "pause": sheet.pause.model_dump(mode="json") if sheet.pause else None,
        "requires": [
            each.model_dump(mode="json", exclude_defaults=True) for each in sheet.requires
        ],
        "excludes": list(sheet.excludes),
        "replaces": list(sheet.replaces),
        "sold_from": sheet.sold_from,
        "sold_until": sheet.sold_until,
    }


def price_columns_of(price: PriceSheet) -> dict[str, Any]:
    """Return the columns of a price's row, but for its days."""
    promo = price.promo
    return {
        "monthly": price.monthly,
        "one_time": price.one_time,
        "vat_percent": price.vat_percent,
        "promo_monthly": promo.monthly if promo else None,
        "promo_months": promo.months if promo else None,
    }


def steps_of(sheet: OfferingSheet) -> list[Step]:
    """Return (from when, columns) of the price now (None) and of each that comes, in order."""
    coming = [(midnight(each.valid_from), price_columns_of(each)) for each in sheet.coming_prices]
    return [(None, price_columns_of(sheet.price)), *coming]


def midnight(day: date) -> datetime:
    """Return the moment at which `day` begins in Almaty."""
    return datetime.combine(day, time(), ZONE)


def catalogue_of(offerings: Iterable[Offering], now: datetime) -> CatalogueSheet:
    """Return the sheet of offerings with their loaded prices, as it stands at `now`."""
    return CatalogueSheet(offerings=tuple(sheet_of(each, now) for each in offerings))


def sheet_of(offering: Offering, now: datetime) -> OfferingSheet:
    """Return an offering's sheet as it stands at `now`; its prices are loaded."""
    running, *coming = standing_prices(offering.prices, now)
    values = {
        "code": offering.code,
        "family": offering.family,
        "name": offering.names,
        "summary": offering.summaries,
        "text": offering.texts,
        "ending": offering.endings or None,
        "price": _price(running),
        "coming_prices": [
            _price(each) | {"valid_from": local(each.valid_from).date()} for each in coming
        ],
        "one_per": "address" if offering.is_plan else None,
        "minimal_term": _term(offering),
    }
    return OfferingSheet.model_validate(values | {name: getattr(offering, name) for name in _SAME})


def standing_prices(prices: Iterable[Price], now: datetime) -> list[Price]:
    """Return the price in force at `now` and those to come, in their order."""
    left = [each for each in prices if each.valid_until is None or each.valid_until > now]
    return sorted(left, key=lambda each: each.valid_from)


def _term(offering: Offering) -> dict[str, Any] | None:
    if not offering.term_months:
        return None
    return {"months": offering.term_months, "exit_fee": offering.exit_fee}


def _price(row: Price) -> dict[str, Any]:
    values: dict[str, Any] = {
        "monthly": row.monthly,
        "one_time": row.one_time,
        "vat_percent": Decimal(row.vat_percent),
    }
    if row.promo_months is not None:
        values["promo"] = {"monthly": row.promo_monthly, "months": row.promo_months}
    return values
