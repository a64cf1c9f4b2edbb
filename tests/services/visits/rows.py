"""Orders that wait for a technician, as rows."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account, User
from portal.catalog.models import Offering
from portal.core import clock, ids
from portal.services.models import Order, Quote

CODE = "tv-box-second"


def add_waiting_order(db: Session, user: User, account: Account) -> Order:
    """Add an order of a second TV box that waits for a technician; its terms do not matter."""
    offering = db.scalars(select(Offering).where(Offering.code == CODE)).one()
    now = clock.now()
    quote = Quote(
        id=ids.uuid7(),
        account_id=account.id,
        by_id=user.id,
        act="add",
        offering_id=offering.id,
        kept_wish={},
        kept_terms={},
        created_at=now,
        expires_at=now + timedelta(minutes=30),
    )
    order = Order(
        id=ids.uuid7(),
        account_id=account.id,
        quote_id=quote.id,
        number=f"26-{ids.uuid7().hex[-8:]}",
        act="add",
        offering_id=offering.id,
        effective_on=now.date(),
        state="pending",
        placed_by_id=user.id,
        placed_at=now,
        starts_at=now,
        next_try_at=now,
        needs_technician=True,
    )
    db.add(quote)
    db.flush()
    db.add(order)
    db.flush()
    return order
