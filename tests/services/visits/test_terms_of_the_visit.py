"""What a quote promises holds when the technician comes days later."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.db import transaction
from portal.services.actions.completion import complete
from portal.services.models import Order, Subscription
from portal.services.queries import locked_order
from tests.services.factories import make_offering, subscribe
from tests.services.visits.factories import at

WORDS = {
    "en": ("if connected today", "from the day of the visit", "22\xa0November"),
    "ru": ("если подключить сегодня", "со дня визита", "22\xa0ноября"),
    "kk": ("бүгін қосылса", "шебер келген күннен", "22\xa0қараша"),
}


@pytest.fixture
def bound(alices, db, alice, catalogue):
    """The terms of a camera that a technician brings, with a minimal term of a year."""
    make_offering(
        db, "camera-pro", needs_technician=True, term_months=12, exit_fee=1000, monthly=3000
    )
    subscribe(db, alice.account, "vmeste-200")
    page = alices.get("services.show_offering", account_id=alice.account_id, code="camera-pro")
    return page.submit()


def test_nobody_is_bound_longer_than_the_quote_said(bound, app, db):
    bound.submit()
    order = db.scalars(select(Order)).one()
    order.state = "in_progress"
    db.commit()
    clock.freeze(at("2026-12-04 15:00"))

    with app.app_context(), transaction(staff=True):
        complete(locked_order(Order.id == order.id), now=clock.now())

    db.expire_all()
    begun = db.scalars(select(Subscription).where(Subscription.price == 3000)).one()
    assert begun.started_on == date(2026, 12, 4)
    assert begun.term_until == date(2027, 11, 22)


@pytest.mark.parametrize("language", WORDS)
def test_the_quote_says_that_its_sums_are_of_today(bound, alices, language):
    page = alices.open(f"{bound.path}?lang={language}")

    sums = page.one("#sums").getparent().getparent().text_content()
    assert all(words in sums for words in WORDS[language])


def test_without_a_technician_the_sums_are_what_they_are(alices, alice, catalogue):
    page = alices.get("services.show_offering", account_id=alice.account_id, code="vmeste-500")

    assert "if connected today" not in alices.open(f"{page.submit().path}?lang=en").text
