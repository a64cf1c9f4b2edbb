"""Changes that hold from a chosen day, several at once, and pauses: the pages and the terms."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.text import midnight
from portal.services.models import Order, OrderItem, Quote
from tests.services.factories import subscribe
from tests.services.test_connect import offering_page
from tests.services.test_disconnect import leave

TODAY = date(2026, 11, 22)


def order_of(db) -> Order:
    return db.scalars(select(Order)).one()


def order_page(browser, person, order):
    return browser.get("services.show_order", account_id=person.account_id, order_id=order.id)


def pause_page(browser, person, subscription):
    return browser.get(
        "services.pause", account_id=person.account_id, subscription_id=subscription.id
    )


def test_a_cheaper_plan_from_the_end_of_the_month_costs_this_month_nothing(
    alices, db, alice, catalogue
):
    subscribe(db, alice.account, "vmeste-200")

    page = offering_page(alices, alice, "vmeste-100").submit(when="month_end")

    assert page.h1 == "Change to Internet “Together 100”"
    terms = db.scalars(select(Quote)).one().terms
    assert terms.effective_on == date(2026, 12, 1)
    assert (terms.month_before, terms.month_after) == (6990, 5490)
    assert "Until 1 December begins" in page.text


def test_a_planned_order_waits_for_its_day_and_is_undone_until_then(alices, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200")
    offering_page(alices, alice, "vmeste-100").submit(when="month_end").submit()
    order = order_of(db)
    assert order.starts_at == midnight(date(2026, 12, 1))
    assert "It holds from 1 December." in order_page(alices, alice, order).text

    clock.freeze(midnight(date(2026, 12, 1)) - timedelta(seconds=1))
    alices.log_in(alice)
    page = order_page(alices, alice, order).submit()

    assert "The order is cancelled. Nothing has changed." in page.text
    assert db.get(Order, order.id).state == "cancelled"


def test_a_planned_order_cannot_be_undone_once_its_day_has_begun(alices, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200")
    offering_page(alices, alice, "vmeste-100").submit(when="month_end").submit()
    clock.freeze(midnight(date(2026, 12, 1)) - timedelta(seconds=1))
    alices.log_in(alice)
    page = order_page(alices, alice, order_of(db))

    clock.freeze(midnight(date(2026, 12, 1)))

    assert page.submit().status == 422
    assert order_of(db).state == "acknowledged"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"when": "on_day", "day": ""}, "Name the day."),
        ({"when": "on_day", "day": "2026-11-21"}, "Choose a day from 22 November to 21 January"),
        ({"when": "on_day", "day": "2027-01-22"}, "Choose a day from 22 November to 21 January"),
        ({"when": "on_day", "day": "31.12.2026"}, "Not a valid date value."),
        ({"when": "never"}, "Not a valid choice."),
    ],
)
def test_a_day_that_cannot_be_is_told(alices, db, alice, catalogue, fields, message):
    subscribe(db, alice.account, "vmeste-200")

    page = offering_page(alices, alice, "vmeste-100").submit(**fields)

    assert page.status == 422
    assert message in page.text
    assert db.scalars(select(Quote)).all() == []


def test_what_a_technician_begins_has_no_day(alices, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200", "tv-optimal")

    page = offering_page(alices, alice, "tv-box-second")

    assert page.all("[name=when]") == []


def test_what_needs_each_other_is_connected_in_one_order(alices, db, alice, catalogue):
    page = offering_page(alices, alice, "parental-control")
    assert "needs an internet plan" in page.text

    page = page.submit(also=["vmeste-200"])
    assert page.h1 == "Connect: Internet “Together 200”, Parental control"
    assert "Connect for 7 680 ₸ a month" in page.text
    page.submit()

    items = db.scalars(select(OrderItem).order_by(OrderItem.position)).all()
    assert [(item.position, item.act, item.price) for item in items] == [
        (0, "add", 6990),
        (1, "add", 690),
    ]
    assert db.scalars(select(Quote)).one().wish.codes == ("parental-control", "vmeste-200")


def test_two_plans_of_a_family_cannot_come_together(alices, db, alice, catalogue):
    page = offering_page(alices, alice, "parental-control")

    page = page.submit(also=["vmeste-100", "vmeste-200"])

    assert page.status == 422
    assert "Choose one of them." in page.text
    assert db.scalars(select(Quote)).all() == []


def test_a_code_that_does_not_go_along_is_judged_like_any_other(alices, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200")
    page = offering_page(alices, alice, "vmeste-100")

    page = alices.post(
        "services.connect",
        {"csrf_token": page.value("csrf_token"), "also": ["vmeste-200"]},
        account_id=alice.account_id,
        code="vmeste-100",
    )

    assert page.status == 422
    assert "Choose one of them." in page.text


def test_a_promotional_price_is_shown_with_what_follows(alices, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200", "tv-optimal")

    page = offering_page(alices, alice, "tv-cinema").submit()

    terms = db.scalars(select(Quote)).one().terms
    assert terms.monthly_change == 490
    assert "promotional price, 22–30 November, 9 of 30 days × 490 ₸" in page.text
    assert "From 22 February 2027: “Cinema” package, 1 490 ₸ a month" in page.text


def test_the_end_of_a_service_may_be_planned_and_stands_in_the_way_of_what_needs_it(
    alices, db, alice, catalogue
):
    [plan] = subscribe(db, alice.account, "vmeste-200")
    page = leave(alices, alice, plan, when="on_day", day="2026-12-10")
    assert "Disconnect from 10 December" in page.text
    page.submit()

    page = offering_page(alices, alice, "static-ip")

    assert "which ends on 10 December" in page.text
    assert order_of(db).number in page.text


def test_what_ends_later_leaves_no_room_for_its_rival_before(alices, db, alice, catalogue):
    _, tv = subscribe(db, alice.account, "vmeste-200", "tv-basic")
    leave(alices, alice, tv, when="month_end").submit()

    page = offering_page(alices, alice, "tv-optimal")

    assert "which ends on 1 December" in page.text


def test_what_was_planned_counts_in_the_next_quote(alices, db, alice, catalogue):
    plan, _ = subscribe(db, alice.account, "vmeste-200", "phone-home")
    leave(alices, alice, plan, when="month_end").submit()

    offering_page(alices, alice, "dect-phone").submit(when="month_end")

    quote = db.scalars(select(Quote).where(Quote.act == "add")).one()
    assert (quote.terms.month_before, quote.terms.month_after) == (1150, 1500)


def test_a_pause_shows_its_sums_and_days(alices, db, alice, catalogue):
    [plan] = subscribe(db, alice.account, "vmeste-200")

    page = pause_page(alices, alice, plan).submit(day="2026-11-24", until="2026-12-24")

    assert page.h1 == "Pause: Internet “Together 200”"
    assert "23 of 30 days × 6 990 ₸" in page.text
    assert "paused, 24–30 November, 7 of 30 days × 300 ₸" in page.text
    assert "From 24 December: Internet “Together 200”, 6 990 ₸ a month" in page.text
    terms = db.scalars(select(Quote)).one().terms
    assert terms.month_after == Decimal(5359 + 70)


@pytest.mark.parametrize(
    ("day", "until", "message"),
    [
        ("2026-11-24", "2026-12-07", "from 14 to 90 days: choose a day from 8 December"),
        ("2026-11-24", "2027-02-23", "choose a day from 8 December to 22 February"),
        ("2026-11-20", "2026-12-20", "Choose a day from 22 November"),
        ("", "2026-12-20", "Name the day."),
        ("2026-11-24", "soon", "Not a valid date value."),
    ],
)
def test_a_pause_that_cannot_be_names_its_limit(alices, db, alice, catalogue, day, until, message):
    [plan] = subscribe(db, alice.account, "vmeste-200")

    page = pause_page(alices, alice, plan).submit(day=day, until=until)

    assert page.status == 422
    assert message in page.text
    assert page.value("until") == until
    assert db.scalars(select(Quote)).all() == []


def test_the_days_of_a_year_are_counted(alices, db, alice, catalogue):
    pauses = [{"from_on": "2026-02-01", "until_on": "2026-05-22", "price": "300"}]
    [plan] = subscribe(db, alice.account, "vmeste-200", pauses=pauses)

    page = pause_page(alices, alice, plan).submit(day="2026-12-01", until="2026-12-16")
    assert "rests 120 days a year at most. In 2026 10 are left." in page.text

    page = pause_page(alices, alice, plan).submit(day="2026-12-22", until="2027-01-20")
    assert page.h1 == "Pause: Internet “Together 200”"


def test_what_has_no_rule_cannot_be_paused(alices, db, alice, catalogue):
    _, control = subscribe(db, alice.account, "vmeste-200", "parental-control")

    assert "This service cannot be paused." in pause_page(alices, alice, control).text


def test_a_viewer_neither_pauses_nor_resumes(browser, db, alice, carol, catalogue):
    [plan] = subscribe(db, alice.account, "vmeste-200")
    browser.log_in(carol)

    for endpoint in ("services.pause", "services.resume"):
        page = browser.post(endpoint, {}, account_id=alice.account_id, subscription_id=plan.id)
        assert page.status == 403


def test_what_an_order_changes_is_not_changed_by_another(alices, db, alice, catalogue):
    [plan] = subscribe(db, alice.account, "vmeste-200")
    pause_page(alices, alice, plan).submit(day="2026-12-01", until="2026-12-31").submit()

    page = alices.get("services.disconnect", account_id=alice.account_id, subscription_id=plan.id)

    assert page.all("main form") == []
    assert "already changes Internet “Together 200”" in page.text
