"""A customer chooses a time, another one, or none."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import audit, clock
from portal.promises.models import Promise
from portal.services.models import Order
from portal.services.visits.models import VisitException
from tests.services.visits.factories import (
    EVENING,
    HERE,
    MORNING,
    NOON,
    at,
    fill,
    set_places,
    taken,
    told,
    value,
    visits,
)

TICK = timedelta(microseconds=1)


def time_page(browser, order):
    return browser.get("visits.choose_time", account_id=order.account_id, order_id=order.id)


def order_page(browser, order):
    return browser.get("services.show_order", account_id=order.account_id, order_id=order.id)


def cancel_form(page):
    return page.submit(form="form[action$='/cancel'][action*='/visits/']")


def promised(db):
    rows = db.execute(
        select(Promise.cycle, Promise.due_at, Promise.end)
        .where(Promise.subject_kind == "visit")
        .order_by(Promise.cycle)
    )
    return [(cycle, f"{due.astimezone(at(MORNING).tzinfo):%H:%M}", end) for cycle, due, end in rows]


def test_the_time_that_moves_is_called_ones_own(alices, waiting, booked):
    page = time_page(alices, waiting)

    assert [one.text_content() for one in page.all(".is-taken")] == ["09:00–11:00yours now"]


def test_an_order_asks_for_a_time_and_keeps_it(alices, db, alice, waiting, places):
    page = order_page(alices, waiting).follow("Choose a time")
    assert "Sunday, 29 November" in page.text

    page = page.submit(slot=value(MORNING))

    assert "The visit is booked." in page.text
    assert "The technician comes 29 November, 09:00" in page.text
    home = alices.get("home.show_home", account_id=alice.account_id)
    assert "The technician comes 29 November, 09:00" in home.text
    assert "Sunday, 29 November, 09:00–11:00" in page.text
    assert "You can move or cancel the visit until 28 November, 13:00" in page.text
    assert "Visit: promised" in page.text
    assert taken(db) == {MORNING: 1}
    assert promised(db) == [(1, "11:00", None)]
    assert told(db) == ["services.visit_booked"]
    [visit] = visits(db)
    assert (visit.account_id, visit.booked_by_id) == (alice.account_id, alice.id)
    assert (visit.sequence, visit.remind_at) == (0, at("2026-11-28 18:00"))
    kinds = db.scalars(select(audit.AuditEvent.kind))
    assert "services.visit_booked" in list(kinds)


def test_the_times_of_the_days_ahead_can_be_chosen_and_no_others(alices, db, waiting, places):
    fill(db, EVENING)
    db.add(VisitException(**HERE._asdict(), day_on=at("2026-11-25 00:00").date(), places=0))
    db.commit()

    page = time_page(alices, waiting)

    offered = [one.get("value") for one in page.all("[name=slot]")]
    open_ = [one.get("value") for one in page.all("[name=slot]:not([disabled])")]
    assert len(offered) == 12 * 6  # Monday is closed since 13:00, on Wednesday nobody works.
    assert value("2026-11-24 09:00") in open_
    assert value("2026-12-06 19:00") in open_
    assert value(EVENING) in set(offered) - set(open_)
    assert page.text.count("taken") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        *("", "x", "20261129T0401Z", "99991231T2359Z", value("2026-11-23 09:00")),
        *(value("2026-12-07 09:00"), value("2026-11-29 10:00"), value("2026-11-22 19:00")),
    ],
)
def test_a_time_that_is_not_offered_is_refused_in_words(alices, db, waiting, places, wrong):
    page = time_page(alices, waiting).submit(slot=wrong)

    assert page.status == 422
    assert ("Choose a time." if not wrong else "can no longer be chosen") in page.text
    assert visits(db) == []
    assert taken(db) == {}


def test_a_full_time_is_refused_and_others_are_offered(alices, db, waiting, places):
    page = time_page(alices, waiting)
    fill(db, MORNING)

    page = page.submit(slot=value(MORNING))

    assert page.status == 422
    assert "This time has just been taken. Choose another one." in page.text
    assert len(page.all("[name=slot][disabled]")) == 1
    assert visits(db) == []
    page = page.submit(slot=value(NOON))
    assert "The visit is booked." in page.text


def test_two_presses_book_one_visit(alices, db, waiting, places):
    page = time_page(alices, waiting)
    page.submit(slot=value(MORNING))
    page.submit(slot=value(MORNING))
    other = page.submit(slot=value(NOON), submission_id="")

    assert "The visit is moved." in other.text
    assert len(visits(db)) == 1
    assert taken(db) == {NOON: 1}


def test_a_moved_visit_frees_its_old_place_and_is_promised_anew(alices, db, waiting, booked):
    page = order_page(alices, waiting).follow("Move the visit")
    assert "Now: Sunday, 29 November, 09:00–11:00" in page.text

    page = page.submit(slot=value(EVENING))

    assert "The visit is moved." in page.text
    assert "Sunday, 29 November, 19:00–21:00" in page.text
    assert taken(db) == {EVENING: 1}
    assert promised(db) == [(1, "11:00", "replaced"), (2, "21:00", None)]
    assert told(db) == ["services.visit_booked", "services.visit_moved"]
    [visit] = visits(db)
    assert (visit.id, visit.sequence) == (booked.id, 1)


def test_a_visit_that_cannot_be_moved_stays_where_it_is(alices, db, waiting, booked):
    page = time_page(alices, waiting)
    fill(db, EVENING)

    full = page.submit(slot=value(EVENING))
    same = full.submit(slot=value(MORNING))

    assert (full.status, same.status) == (422, 422)
    assert "has just been taken" in full.text
    assert "at this time already" in same.text
    assert taken(db) == {MORNING: 1, EVENING: 1}
    assert visits(db)[0].sequence == 0
    assert promised(db) == [(1, "11:00", None)]


def test_a_freed_place_is_sold_again(alices, db, waiting, booked):
    assert len(time_page(alices, waiting).all("[name=slot][disabled]")) == 1

    page = cancel_form(order_page(alices, waiting))

    assert "The visit is cancelled." in page.text
    assert "Choose a time" in page.text
    assert taken(db) == {}
    assert promised(db) == [(1, "11:00", "released")]
    assert told(db) == ["services.visit_booked", "services.visit_cancelled"]
    again = time_page(alices, waiting).submit(slot=value(MORNING))
    assert "The visit is booked." in again.text
    assert sorted(visit.state for visit in visits(db)) == ["booked", "cancelled"]


def test_the_limit_is_13_of_the_day_before_sharp(alices, db, alice, waiting, booked):
    limit = at("2026-11-28 13:00")
    clock.freeze(limit)
    alices.log_in(alice)
    moving, cancelling = time_page(alices, waiting), order_page(alices, waiting)

    clock.freeze(limit + TICK)
    moved = moving.submit(slot=value("2026-12-01 09:00"))
    cancelled = cancel_form(cancelling)

    assert (moved.status, cancelled.status) == (422, 422)
    assert "that was 28 November, 13:00" in moved.text
    assert "that was 28 November, 13:00" in cancelled.text
    assert "can no longer be moved or cancelled" in time_page(alices, waiting).text
    assert "Move the visit" not in order_page(alices, waiting).text
    assert taken(db) == {MORNING: 1}
    clock.freeze(limit)
    assert "The visit is cancelled." in cancel_form(order_page(alices, waiting)).text


def test_an_order_that_is_cancelled_gives_its_place_back(alices, db, waiting, booked):
    page = order_page(alices, waiting)

    page = page.submit(form=f"form[action$='orders/{waiting.id}/cancel']")

    assert "The order is cancelled." in page.text
    assert db.get(Order, waiting.id).state == "cancelled"
    assert taken(db) == {}
    assert visits(db)[0].state == "cancelled"
    assert promised(db) == [(1, "11:00", "released")]


def test_where_nobody_works_the_contact_centre_calls(alices, db, waiting):
    page = order_page(alices, waiting)

    assert "The contact centre calls you" in page.text
    assert "There are no times" in time_page(alices, waiting).text


def test_when_all_is_taken_the_page_says_so(alices, db, waiting, places):
    set_places(db, 0)
    assert "There are no times" in time_page(alices, waiting).text
    set_places(db, 1)
    for ahead in range(15):
        for hour in range(9, 21, 2):
            day = at("2026-11-23 00:00") + timedelta(days=ahead)
            fill(db, f"{day:%Y-%m-%d} {hour:02d}:00")

    page = time_page(alices, waiting)

    assert "All times of the next 14 days are taken" in page.text
    assert page.all("[name=slot]") == []


def test_a_viewer_sees_the_visit_and_changes_nothing(browser, db, carol, waiting, booked):
    browser.log_in(carol)

    page = order_page(browser, waiting)

    assert "09:00–11:00" in page.text
    assert "Move the visit" not in page.text
    refused = browser.post("visits.cancel_visit", account_id=carol.account_id, visit_id=booked.id)
    assert refused.status == 403


def test_somebody_elses_visit_is_not_found(browser, db, bob, waiting, booked):
    browser.log_in(bob)
    own = {"account_id": bob.account_id}

    assert browser.get("visits.choose_time", order_id=waiting.id, **own).status == 404
    assert browser.post("visits.cancel_visit", visit_id=booked.id, **own).status == 404
    assert browser.get("visits.show_calendar_file", visit_id=booked.id, **own).status == 404
    assert taken(db) == {MORNING: 1}


def test_an_order_that_does_not_wait_has_no_times(alices, db, waiting, booked):
    order = db.get(Order, waiting.id)
    order.state = "in_progress"
    db.commit()

    page = time_page(alices, waiting)

    assert page.h1.startswith("Connect")
    assert page.all("[name=slot]") == []


def test_the_page_of_times_asks_the_same_whatever_is_taken(
    alices, db, waiting, places, count_statements
):
    asked = {"account_id": waiting.account_id, "order_id": waiting.id}
    few = count_statements("visits.choose_time", **asked)
    for day in range(24, 31):
        fill(db, f"2026-11-{day} 09:00")

    assert count_statements("visits.choose_time", **asked) == few <= 14


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_pages_speak_three_languages(alices, waiting, booked, language):
    for endpoint in ("visits.choose_time", "services.show_order"):
        page = alices.get(
            endpoint, account_id=waiting.account_id, order_id=waiting.id, lang=language
        )
        assert page.status == 200
        assert ("visit" in page.text.lower()) is (language == "en")
