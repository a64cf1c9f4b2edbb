"""Bring the rows of the catalogue to what a sheet says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from portal.catalog.models import Offering, Price
from portal.catalog.sheet import CatalogueSheet, OfferingSheet
from portal.catalog.transcript import Step, columns_of, midnight, standing_prices, steps_of
from portal.core.db import session
from portal.core.text import local

_HOLD = text("select pg_advisory_xact_lock(hashtext('kabinet.catalogue'))")


@dataclass
class Loaded:
    """What changed: how many offerings are new, changed, and got other prices."""

    added: int = 0
    changed: int = 0
    repriced: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.repriced)


def hold_catalogue() -> None:
    """Let nobody else change or release the catalogue until this transaction ends."""
    session.execute(_HOLD)


def apply_sheet(sheet: CatalogueSheet, offerings: Sequence[Offering], *, now: datetime) -> Loaded:
    """Make the rows say what the whole catalogue `sheet` says; `offerings` are all with prices.

    A changed price closes the running price row at `now` and opens a new one; what is subscribed
    keeps the price it was sold at. Prices to come wait in rows of their own.
    """
    loaded = Loaded()
    known = {each.code: each for each in offerings}
    for position, each in enumerate(sheet.offerings):
        offering = known.get(each.code)
        if offering is None:
            loaded.added += 1
            offering = Offering(code=each.code, prices=[])
            session.add(offering)
        loaded.changed += _fill(offering, columns_of(each) | {"position": position})
        loaded.repriced += _reprice(offering, each, now)
    loaded.changed -= loaded.added
    loaded.repriced -= loaded.added
    return loaded


def _fill(offering: Offering, values: dict[str, Any]) -> bool:
    """Set every column of the offering; say whether one changed."""
    changed = {name for name, value in values.items() if getattr(offering, name) != value}
    for name in changed:
        setattr(offering, name, values[name])
    return bool(changed)


def _reprice(offering: Offering, sheet: OfferingSheet, now: datetime) -> bool:
    """Make the prices of now and later what the sheet says; say whether one changed."""
    wanted = steps_of(sheet)
    standing = standing_prices(offering.prices, now)
    if standing and _steps(standing) == wanted:
        return False
    if not standing:
        # From the day's beginning: clocks of two processes may differ by a moment.
        _open(offering, wanted, midnight(local(now).date()))
        return True
    running, *coming = standing
    _take_back(offering, coming)
    if _columns(running) == wanted[0][1]:
        running.valid_until = wanted[1][0] if wanted[1:] else None
        _flush_before_opening()
        _open(offering, wanted[1:], now)
    else:
        _close(offering, running, now)
        _open(offering, wanted, now)
    return True


def _close(offering: Offering, running: Price, now: datetime) -> None:
    if running.valid_from >= now:
        _take_back(offering, [running])
    else:
        running.valid_until = now
        _flush_before_opening()


def _take_back(offering: Offering, prices: Sequence[Price]) -> None:
    for price in prices:
        offering.prices.remove(price)
        session.delete(price)
    _flush_before_opening()


def _flush_before_opening() -> None:
    # Only one price may be without an end: the old row must give way before the new one opens.
    session.flush()


def _open(offering: Offering, steps: list[Step], now: datetime) -> None:
    for place, (begin, columns) in enumerate(steps):
        end = steps[place + 1][0] if place + 1 < len(steps) else None
        offering.prices.append(Price(valid_from=begin or now, valid_until=end, **columns))


def _steps(standing: Sequence[Price]) -> list[Step]:
    running, *coming = standing
    return [(None, _columns(running)), *((each.valid_from, _columns(each)) for each in coming)]


def _columns(price: Price) -> dict[str, Any]:
    names = ("monthly", "one_time", "vat_percent", "promo_monthly", "promo_months")
    return {name: getattr(price, name) for name in names}
