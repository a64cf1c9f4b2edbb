"""A term that goes on is kept with what begins, and its page says so."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.db import transaction
from portal.services.actions.completion import complete
from portal.services.models import Order, Subscription
from portal.services.queries import locked_order
from portal.services.terms import Bond
from tests.services.factories import subscribe


@pytest.fixture
def terms(alices, db, alice, catalogue):
    """The terms of moving up from a plan that binds alice for eleven months more."""
    subscribe(
        db, alice.account, "vmeste-500", term_until=date(2027, 10, 20), exit_fee=Decimal(1000)
    )
    page = alices.get("services.show_offering", account_id=alice.account_id, code="vmeste-1000")
    return page.submit()


def test_it_is_kept_and_shown(terms, alices, app, db):
    terms.submit()
    order = db.scalars(select(Order)).one()
    order.state = "in_progress"
    db.commit()

    with app.app_context(), transaction(staff=True):
        complete(locked_order(Order.id == order.id), now=clock.now())

    db.expire_all()
    begun = db.scalars(select(Subscription).where(Subscription.ended_on.is_(None))).one()
    assert begun.carried == Bond(date(2027, 10, 20), Decimal(1000), Decimal(8990))
    page = alices.get(
        "services.show_subscription", account_id=order.account_id, subscription_id=begun.id
    )
    assert "leaving before 20 October 2027 costs 1 000 ₸" in page.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "goes on"), ("ru", "прежней услуги продолжается"), ("kk", "Бұрынғы қызметтің")],
)
def test_the_terms_say_that_it_goes_on(terms, alices, language, words):
    assert words in alices.open(f"{terms.path}?lang={language}").text
