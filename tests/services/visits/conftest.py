from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.services.models import Order
from tests.browser import Browser
from tests.cast import Person
from tests.services.factories import subscribe
from tests.services.visits.factories import set_places

ALMATY = ZoneInfo("Asia/Almaty")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY)


@pytest.fixture
def waiting(alices: Browser, db: Session, alice: Person, catalogue: object) -> Order:
    """An order of alice's that waits for a technician; nobody is visited yet."""
    subscribe(db, alice.account, "vmeste-200", "tv-optimal")
    page = alices.get("services.show_offering", account_id=alice.account_id, code="tv-box-second")
    page.submit().submit()
    order = db.scalars(select(Order)).one()
    assert order.state == "pending"
    return order


@pytest.fixture
def places(db: Session) -> None:
    """One technician in alice's district, every day of the week."""
    set_places(db, 1)


SUNDAY = date(2026, 11, 29)
