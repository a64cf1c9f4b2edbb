"""What tests of visits share."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.services.models import Order
from portal.services.visits.models import Visit
from tests.browser import Browser
from tests.cast import Person
from tests.services.factories import subscribe
from tests.services.visits.factories import MORNING, at, set_places, value, visits


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


@pytest.fixture
def booked(alices: Browser, db: Session, waiting: Order, places: None) -> Visit:
    """A visit of alice's, on Sunday morning."""
    page = alices.get("visits.choose_time", account_id=waiting.account_id, order_id=waiting.id)
    page.submit(slot=value(MORNING))
    [visit] = visits(db)
    return visit


@pytest.fixture
def desk(browser: Browser, dora: Person) -> Callable[[str], Browser]:
    """Dora's browser, at the moment that the test says."""

    def at_(moment: str) -> Browser:
        clock.freeze(at(moment))
        browser.log_in(dora)
        return browser

    return at_
