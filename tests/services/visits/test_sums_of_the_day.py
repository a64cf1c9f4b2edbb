"""What is charged is what the page last said for the day on which the technician comes."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.db import transaction
from portal.services.actions.completion import complete
from portal.services.models import Charge, Order, Subscription
from portal.services.queries import locked_order
from tests.services.factories import make_offering, subscribe
from tests.services.visits.factories import at, value, visits

THIS_MONTH, NEXT_MONTH = "2026-11-29 09:00", "2026-12-06 09:00"
# 1–28 × 8 990 ₸, 29–30 November × 6 000 ₸, two months left of the term, once 5 000 ₸
IN_NOVEMBER = "15 791 ₸"
# 1–5 × 8 990 ₸, 6–31 December × 6 000 ₸, one month left, once 5 000 ₸
IN_DECEMBER = "12 482 ₸"
WORDS = {
    "en": (
        "Each day names what its whole month costs",
        "if the technician comes on 29\xa0November",
    ),
    "ru": ("У каждого дня указано", "если мастер придёт 29\xa0ноября"),
    "kk": ("Әр күннің қасында", "Шебер 29\xa0қараша күні келсе"),
}


@pytest.fixture
def terms(alices, db, alice, catalogue, places):
    """The terms of a cheaper plan that a technician connects; leaving the old one has its fee."""
    make_offering(
        db,
        "air-100",
        family="internet",
        is_plan=True,
        needs_technician=True,
        replaces=["vmeste-500"],
        monthly=6000,
        one_time=5000,
    )
    subscribe(db, alice.account, "vmeste-500", term_until=date(2027, 1, 5), exit_fee=Decimal(1000))
    page = alices.get("services.show_offering", account_id=alice.account_id, code="air-100")
    return page.submit()


@pytest.fixture
def done(app, db, desk):
    """Let the technician be done on a day, and the network on the same or another one."""

    def done_(came, connected=None):
        [visit] = visits(db)
        page = desk(came).get("visits.record_result", visit_id=visit.id)
        page.submit(result="done", arrived_at=came[-5:])
        clock.freeze(at(connected or came))
        with app.app_context(), transaction(staff=True):
            complete(locked_order(Order.id == visit.order_id), now=clock.now())
        db.expire_all()

    return done_


@pytest.fixture
def statement(alices, alice):
    """Read what a month costs in all, as alice's page of it says."""

    def statement_(month):
        alices.log_in(alice)
        page = alices.get("services.show_money", account_id=alice.account_id, month=month)
        return text_of(page.one("section[aria-labelledby=charges] .is-total dd"))

    return statement_


def text_of(element):
    return " ".join(element.text_content().replace("\N{NO-BREAK SPACE}", " ").split())


def days_of(page):
    """Return what stands at each day that can be chosen."""
    return [text_of(each) for each in page.all(".slot-day legend")]


def sums_of(page):
    return text_of(page.one("#visit-sums"))


def test_each_day_that_can_be_chosen_says_what_its_month_costs(terms):
    assert f"Sunday, 29 November November: {IN_NOVEMBER}" in days_of(terms)
    assert f"Sunday, 6 December December: {IN_DECEMBER}" in days_of(terms)
    assert "from the day of the visit" in text_of(terms.one("table.compare thead"))


def test_the_order_says_the_sums_of_its_visit_and_follows_it(alices, terms):
    page = terms.submit(slot=value(THIS_MONTH))
    assert IN_NOVEMBER in sums_of(page)
    assert "2 months left × 1 000 ₸" in sums_of(page)

    page = page.follow("Move the visit")
    assert f"Sunday, 6 December December: {IN_DECEMBER}" in days_of(page)
    page = page.submit(slot=value(NEXT_MONTH))

    assert IN_DECEMBER in sums_of(page)
    assert "1 month left × 1 000 ₸" in sums_of(page)


@pytest.mark.parametrize(
    ("when", "month", "total"),
    [(THIS_MONTH, "2026-11", IN_NOVEMBER), (NEXT_MONTH, "2026-12", IN_DECEMBER)],
)
def test_the_statement_is_what_was_shown(terms, done, statement, when, month, total):
    assert total in sums_of(terms.submit(slot=value(when)))

    done(f"{when[:-5]}09:40")

    assert statement(month) == total


def test_a_visit_that_moves_into_another_month_takes_all_its_sums_along(terms, done, statement):
    page = terms.submit(slot=value(THIS_MONTH)).follow("Move the visit")
    page.submit(slot=value(NEXT_MONTH))
    assert statement("2026-12") == IN_DECEMBER  # the forecast

    done("2026-12-06 10:40")

    assert statement("2026-11") == "8 990 ₸"
    assert statement("2026-12") == IN_DECEMBER


def test_nobody_pays_for_the_slowness_of_the_network(db, terms, done):
    terms.submit(slot=value(NEXT_MONTH))

    done("2026-12-06 10:40", connected="2026-12-09 18:00")

    old, new = db.scalars(select(Subscription).order_by(Subscription.started_on))
    assert (old.ended_on, new.started_on) == (date(2026, 12, 6), date(2026, 12, 9))
    fee = db.scalars(select(Charge).where(Charge.kind == "early_exit")).one()
    assert (fee.amount, fee.count, fee.price) == (1000, 1, 1000)


def test_an_order_whose_visit_is_cancelled_waits_with_the_sums_of_no_day(db, terms):
    page = terms.submit(slot=value(NEXT_MONTH))
    assert db.scalars(select(Order)).one().effective_on == date(2026, 12, 6)

    page = page.submit(form="form[action$='/cancel'][action*='/visits/']")

    assert page.all("#visit-sums") == []
    db.expire_all()
    assert db.scalars(select(Order)).one().effective_on == date(2026, 11, 22)


@pytest.mark.parametrize("language", WORDS)
def test_the_sums_are_told_in_three_languages(alices, terms, language):
    at_the_days, at_the_order = WORDS[language]
    assert at_the_days in alices.open(f"{terms.path}?lang={language}").text
    order = terms.submit(slot=value(THIS_MONTH))

    page = alices.open(f"{order.path}?lang={language}")

    assert at_the_order in page.one("#visit-sums").text_content()
