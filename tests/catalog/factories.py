"""Versions, waiting changes and sheets, valid by default."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import User
from portal.catalog.drafting import stored
from portal.catalog.models import CatalogueVersion, Offering, OfferingDraft, Price
from portal.catalog.sheet import OfferingSheet, PriceSheet
from portal.catalog.transcript import sheet_of
from portal.core import clock, ids

WORDS = {"kk": "бір", "ru": "раз", "en": "one"}


def sheet(code: str, **changes: Any) -> OfferingSheet:
    """Return an option for 100 ₸ a month."""
    plain: dict[str, Any] = {
        "code": code,
        "family": "option",
        "name": WORDS,
        "summary": WORDS,
        "text": WORDS,
        "price": {"monthly": 100},
    }
    return OfferingSheet.model_validate(plain | changes)


def standing(db: Session, offering: Offering) -> OfferingSheet:
    """Return what the rows of an offering say."""
    db.flush()
    prices = db.scalars(select(Price).where(Price.offering_id == offering.id)).all()
    plain = Offering(**{c.key: getattr(offering, c.key) for c in Offering.__table__.columns})
    plain.prices = [
        Price(**{c.key: getattr(each, c.key) for c in Price.__table__.columns if c.key != "id"})
        for each in prices
    ]
    return sheet_of(plain, clock.now())


def make_draft(
    db: Session, offering: Offering, author: User, *, monthly: int = 150
) -> OfferingDraft:
    """Let a dearer price of an offering wait for the release."""
    before = standing(db, offering)
    after = before.model_copy(update={"price": PriceSheet(monthly=Decimal(monthly))})
    row = OfferingDraft(
        id=ids.uuid7(),
        code=offering.code,
        sheet=stored(after),
        before=stored(before),
        author_id=author.id,
        changed_at=clock.now(),
    )
    db.add(row)
    return row


def make_version(db: Session, number: int, *sheets: OfferingSheet) -> CatalogueVersion:
    """Add a release with one offering, or with `sheets`."""
    version = CatalogueVersion(
        id=ids.uuid7(),
        number=number,
        released_at=clock.now(),
        reason="A reason",
        sheet={"offerings": [stored(each) for each in sheets or (sheet("one"),)]},
    )
    db.add(version)
    return version
