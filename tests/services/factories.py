"""The shipped catalogue in the database, and what accounts have of it."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import portal.catalog
from portal.accounts.models import Account
from portal.catalog.models import Offering, Price
from portal.catalog.reading import read_catalogue
from portal.catalog.sheet import CatalogueSheet
from portal.core import clock, ids
from portal.services.models import Subscription

LONG_AGO = date(2025, 3, 1)


@cache
def shipped() -> CatalogueSheet:
    """Return the catalogue that comes with the portal."""
    path = Path(portal.catalog.__file__).with_name("offerings.yaml")
    return read_catalogue(path.read_text(encoding="utf-8"))


def make_offering(db: Session, code: str, **more: Any) -> Offering:
    """Add an offering with its price (`monthly`, `one_time`); a plain option by default."""
    monthly, one_time = more.pop("monthly", 100), more.pop("one_time", 0)
    promo = more.pop("promo", None)
    words = {"kk": code, "ru": code, "en": code}
    values: dict[str, Any] = {
        "family": "option",
        "position": 100,
        "is_plan": False,
        "names": words,
        "summaries": words,
        "texts": words,
        "endings": {},
        "characteristics": {},
        "cities": [],
        "technologies": [],
        "needs_technician": False,
        "term_months": 0,
        "exit_fee": Decimal(0),
        "pause": None,
        "requires": [],
        "excludes": [],
        "replaces": [],
    }
    offering = Offering(id=ids.uuid7(), code=code, **values | more)
    db.add(offering)
    db.flush()
    db.add(
        Price(
            id=ids.uuid7(),
            offering_id=offering.id,
            monthly=monthly,
            one_time=one_time,
            vat_percent=16,
            promo_monthly=promo.monthly if promo else None,
            promo_months=promo.months if promo else None,
            valid_from=clock.now(),
        )
    )
    return offering


def stock(db: Session) -> dict[str, Offering]:
    """Put the shipped catalogue into the database; return its offerings by code."""
    found = {}
    for position, sheet in enumerate(shipped().offerings):
        term = sheet.minimal_term
        found[sheet.code] = make_offering(
            db,
            sheet.code,
            family=sheet.family.value,
            position=position,
            is_plan=sheet.rule.is_plan,
            names=sheet.name.model_dump(),
            summaries=sheet.summary.model_dump(),
            texts=sheet.text.model_dump(),
            endings=sheet.ending.model_dump() if sheet.ending else {},
            characteristics=sheet.characteristics.model_dump(exclude_none=True),
            cities=list(sheet.cities),
            technologies=list(sheet.technologies),
            needs_technician=sheet.needs_technician,
            term_months=term.months if term else 0,
            exit_fee=term.exit_fee if term else 0,
            pause=sheet.pause.model_dump(mode="json") if sheet.pause else None,
            requires=[r.model_dump(mode="json", exclude_defaults=True) for r in sheet.requires],
            excludes=list(sheet.excludes),
            replaces=list(sheet.replaces),
            monthly=sheet.price.monthly,
            one_time=sheet.price.one_time,
            promo=sheet.price.promo,
        )
    db.commit()
    return found


def subscribe(db: Session, account: Account | UUID, *codes: str, **more: Any) -> list[Subscription]:
    """Let an account have offerings of the stock since long, at their price of now."""
    made = []
    for code in codes:
        query = select(Offering, Price.monthly).join(Price, Price.offering_id == Offering.id)
        offering, monthly = db.execute(query.where(Offering.code == code)).one()
        values: dict[str, Any] = {
            "price": monthly,
            "started_on": LONG_AGO,
            "started_at": datetime(2025, 3, 1, 6, tzinfo=clock.now().tzinfo),
            "exit_fee": Decimal(0),
        }
        subscription = Subscription(
            id=ids.uuid7(),
            account_id=getattr(account, "id", account),
            offering_id=offering.id,
            **values | more,
        )
        db.add(subscription)
        made.append(subscription)
    db.commit()
    return made
