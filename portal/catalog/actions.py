"""Writes of the catalogue."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.catalog.models import Offering, Price
from portal.catalog.sheet import CatalogueSheet, OfferingSheet
from portal.core import audit, clock
from portal.core.db import session
from portal.core.money import ZERO


@dataclass
class Loaded:
    """What a load changed: how many offerings are new, changed, and got a new price."""

    added: int = 0
    changed: int = 0
    repriced: int = 0


def load_catalogue(sheet: CatalogueSheet) -> Loaded:
    """Add or change the offerings of `sheet` by their codes; offerings it leaves out stay.

    A changed price closes the running price row and opens a new one; what is subscribed keeps
    the price it was sold at. Records `catalog.catalogue_loaded`.
    """
    now, loaded = clock.now(), Loaded()
    known = {each.code: each for each in session.scalars(_all_offerings())}
    for position, offering_sheet in enumerate(sheet.offerings):
        offering = known.get(offering_sheet.code)
        if offering is None:
            loaded.added += 1
            offering = Offering(code=offering_sheet.code, prices=[])
            session.add(offering)
        loaded.changed += _fill(offering, offering_sheet, position)
        loaded.repriced += _reprice(offering, offering_sheet, now)
    loaded.changed -= loaded.added
    loaded.repriced -= loaded.added
    audit.record("catalog.catalogue_loaded", **vars(loaded))
    return loaded


def _all_offerings() -> Any:
    return select(Offering).options(selectinload(Offering.prices)).order_by(Offering.id)


def _fill(offering: Offering, sheet: OfferingSheet, position: int) -> bool:
    """Set every column of the offering; say whether one changed."""
    values = _columns(sheet) | {"position": position}
    changed = {name for name, value in values.items() if getattr(offering, name) != value}
    for name in changed:
        setattr(offering, name, values[name])
    return bool(changed)


def _columns(sheet: OfferingSheet) -> dict[str, Any]:
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


def _reprice(offering: Offering, sheet: OfferingSheet, now: datetime) -> bool:
    wanted = _price_columns(sheet)
    running = next((each for each in offering.prices if each.valid_until is None), None)
    if running and all(getattr(running, name) == value for name, value in wanted.items()):
        return False
    if running:
        running.valid_until = now
        # The old row must be closed before the new one opens: only one may run.
        session.flush()
    offering.prices.append(Price(valid_from=now, **wanted))
    return True


def _price_columns(sheet: OfferingSheet) -> dict[str, Any]:
    promo = sheet.price.promo
    return {
        "monthly": sheet.price.monthly,
        "one_time": sheet.price.one_time,
        "vat_percent": sheet.price.vat_percent,
        "promo_monthly": promo.monthly if promo else None,
        "promo_months": promo.months if promo else None,
    }
