"""The time is chosen on the page of the terms, and booked with the order: both, or neither."""

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.services.models import Order, Quote
from tests.services.factories import subscribe
from tests.services.visits.factories import (
    EVENING,
    MORNING,
    NOON,
    at,
    fill,
    set_places,
    taken,
    value,
    visits,
)


@pytest.fixture
def terms(alices, db, alice, catalogue, places):
    """The page of the terms of a second TV box."""
    subscribe(db, alice.account, "vmeste-200", "tv-optimal")
    page = alices.get("services.show_offering", account_id=alice.account_id, code="tv-box-second")
    return page.submit()


def orders(db):
    db.expire_all()
    return list(db.scalars(select(Order)))


def test_one_press_orders_and_books(db, terms):
    assert "When shall the technician come?" in terms.text

    page = terms.submit(slot=value(MORNING))

    assert "Your order is accepted." in page.text
    assert "Sunday, 29 November, 09:00–11:00" in page.text
    [order], [visit] = orders(db), visits(db)
    assert (order.state, visit.order_id, visit.state) == ("pending", order.id, "booked")
    assert taken(db) == {MORNING: 1}


def test_without_a_time_nothing_is_ordered(db, terms):
    page = terms.submit()

    assert page.status == 422
    assert "Choose a time." in page.text
    assert orders(db) == visits(db) == []


def test_a_time_that_is_gone_orders_nothing_and_offers_others(db, terms):
    fill(db, MORNING)

    page = terms.submit(slot=value(MORNING))

    assert page.status == 422
    assert "This time has just been taken. Choose another one." in page.text
    assert len(page.all("[name=slot][disabled]")) == 1
    assert orders(db) == visits(db) == []
    assert "Your order is accepted." in page.submit(slot=value(NOON)).text
    assert taken(db) == {MORNING: 1, NOON: 1}


def test_a_time_is_not_dropped_when_all_is_taken_meanwhile(db, terms):
    set_places(db, 0)

    page = terms.submit(slot=value(MORNING))

    assert page.status == 422
    assert "This time can no longer be chosen." in page.text
    assert orders(db) == []


def test_two_presses_are_one_order_and_one_visit(db, terms):
    terms.submit(slot=value(MORNING))
    terms.submit(slot=value(MORNING))
    again = terms.submit(slot=value(EVENING), submission_id="")

    assert again.status == 200
    assert len(orders(db)) == len(visits(db)) == 1
    assert taken(db) == {MORNING: 1}


def test_terms_that_are_over_take_no_place(alices, db, alice, terms):
    clock.freeze(at("2026-11-22 17:31"))
    alices.log_in(alice)

    page = alices.send("POST", terms.path, data={"slot": value(MORNING)}, token=True, follow=True)

    assert "These are the new terms." in page.text
    assert taken(db) == {}
    assert orders(db) == []
    assert db.scalar(select(func.count()).select_from(Quote)) == 2
    assert "Your order is accepted." in page.submit(slot=value(MORNING)).text


def test_where_no_technician_comes_no_time_is_asked(alices, db, alice, catalogue, places):
    page = alices.get("services.show_offering", account_id=alice.account_id, code="vmeste-200")

    page = page.submit()

    assert page.all("[name=slot]") == []
    assert "Your order is accepted." in page.submit().text


def test_where_all_is_taken_the_order_waits_for_a_time(alices, db, alice, terms):
    set_places(db, 0)

    page = alices.open(terms.path).submit()

    assert "Your order is accepted." in page.text
    assert "The contact centre calls you" in page.text
    [order] = orders(db)
    assert order.state == "pending"
