"""The shipped catalogue, sold since long, and the manager’s browser."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from portal.catalog.models import Price
from tests.services.factories import stock


@pytest.fixture
def catalogue(db, noon):
    """The shipped catalogue, sold since long."""
    stocked = stock(db)
    db.execute(update(Price).values(valid_from=noon - timedelta(days=400)))
    return stocked


@pytest.fixture
def desk(browser, gulnara):
    browser.log_in(gulnara)
    return browser
