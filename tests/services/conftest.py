from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from portal.catalog.models import Offering
from tests.browser import Browser
from tests.cast import Person
from tests.live import Live
from tests.services.factories import stock
from tests.services.worked import Town, make_town


@pytest.fixture
def catalogue(db: Session) -> dict[str, Offering]:
    """The shipped catalogue, in the database."""
    return stock(db)


@pytest.fixture
def alices(browser: Browser, alice: Person) -> Browser:
    """Alice's browser, signed in."""
    browser.log_in(alice)
    return browser


@pytest.fixture
def town(live: Live) -> Iterator[Town]:
    """A live database with the cast and the shipped catalogue."""
    made = make_town(live)
    yield made
    made.close()
