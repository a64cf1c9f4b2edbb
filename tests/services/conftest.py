from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.catalog.models import Offering
from portal.core.db import transaction
from portal.services.actions import fulfil_order
from portal.services.models import Order
from tests.browser import Browser, Page
from tests.cast import Person
from tests.services.factories import stock


@pytest.fixture
def catalogue(db: Session) -> dict[str, Offering]:
    """The shipped catalogue, in the database."""
    return stock(db)


@pytest.fixture
def alices(browser: Browser, alice: Person) -> Browser:
    """Alice's browser, signed in."""
    browser.log_in(alice)
    return browser
