"""What became of a visit, and what follows from it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from portal.appeals.models import Appeal
from portal.core import clock
from portal.core.db import transaction
from portal.promises.models import Promise
from portal.services.models import Charge, Order
from portal.services.visits import actions
from tests.services.visits.factories import MORNING, at, told, value, visits


def result_page(browser, visit):
    return browser.get("visits.record_result", visit_id=visit.id)


def outcome(db):
    db.expire_all()
    promise = db.scalars(select(Promise).where(Promise.subject_kind == "visit")).one()
    return promise.outcome(clock.now()).value


def notice_missed(app, visit):
    with app.app_context(), transaction(staff=True):
        return actions.miss_overdue(visit.order_id, compensation=Decimal(2000))


def jobs_of_orders(db):
    return db.scalar(
        text("select count(*) from jobs.procrastinate_jobs where task_name like '%run_order'")
    )


def test_when_it_is_done_activation_starts_at_once(desk, db, booked, waiting):
    browser = desk("2026-11-29 10:40")
    day = browser.get("visits.list_visits", day="2026-11-29")
    assert "Abay ave., 56" in day.text
    assert "1 of 1" in day.text

    page = day.follow("Abay ave., 56").submit(result="done", arrived_at="09:20")

    assert "The result is written down." in page.text
    assert db.get(Order, waiting.id).state == "in_progress"
    assert jobs_of_orders(db) == 1
    assert outcome(db) == "kept"
    [visit] = visits(db)
    assert (visit.state, visit.arrived_at) == ("done", at("2026-11-29 09:20"))
    assert visit.remind_at is None


def test_whoever_comes_after_the_slot_broke_the_promise(desk, db, booked, waiting):
    result_page(desk("2026-11-29 11:40"), booked).submit(result="done", arrived_at="11:20")

    assert outcome(db) == "broken"
    assert db.scalars(select(Charge).where(Charge.kind == "compensation")).all() == []


def test_nobody_at_home_lets_the_customer_choose_again(desk, alices, alice, db, booked, waiting):
    result_page(desk("2026-11-29 10:00"), booked).submit(result="not_home", arrived_at="09:30")

    assert db.get(Order, waiting.id).state == "pending"
    assert outcome(db) == "kept"
    assert told(db) == ["services.visit_booked", "services.visit_not_home"]
    alices.log_in(alice)
    page = alices.get("services.show_order", account_id=alice.account_id, order_id=waiting.id)
    assert "found nobody at home" in page.text
    page = page.follow("Choose a time")
    assert page.all("[name=slot][checked]")[0].get("value") == value("2026-11-30 09:00")
    assert "The visit is booked." in page.submit().text


def test_what_cannot_be_done_ends_the_order_and_opens_an_appeal(
    desk, alices, alice, db, booked, waiting
):
    page = result_page(desk("2026-11-29 10:00"), booked)
    missing = page.submit(result="impossible", arrived_at="09:30")
    assert missing.status == 422
    assert "Choose why it could not be done." in missing.text

    missing.submit(obstacle="no_line", words="The box is full.")

    order = db.get(Order, waiting.id)
    assert (order.state, order.failure) == ("failed", "no_line")
    assert outcome(db) == "kept"
    assert db.scalars(select(Appeal.kind)).all() == ["fault"]
    assert "services.order_failed" in told(db)
    assert db.scalars(select(Charge)).all() == []
    alices.log_in(alice)
    page = alices.get("services.show_order", account_id=alice.account_id, order_id=waiting.id)
    assert "There is no free line at the house." in page.text
    assert "The box is full." in page.text


def test_a_missed_visit_is_told_and_compensated_once(desk, alices, alice, db, booked, waiting):
    page = result_page(desk("2026-11-29 08:00"), booked)
    page.submit(result="missed")

    again = page.submit(result="missed", submission_id="")

    assert again.status == 422
    assert "that can no longer be done" in again.text
    assert outcome(db) == "broken"
    [charge] = db.scalars(select(Charge).where(Charge.kind == "compensation")).all()
    assert (charge.amount, charge.state) == (Decimal("-2000.00"), "forecast")
    assert charge.reference == f"visit:{booked.id}:missed"
    assert told(db) == ["services.visit_booked", "services.visit_missed"]
    assert db.get(Order, waiting.id).state == "pending"
    alices.log_in(alice)
    money = alices.get("services.show_money", account_id=alice.account_id)
    assert "Compensation" in money.text
    assert "−2 000 ₸" in money.text
    page = alices.get("services.show_order", account_id=alice.account_id, order_id=waiting.id)
    assert "We promised to come and did not." in page.text
    assert "Visit: broken" in page.text
    page = page.follow("Choose a time")
    assert page.all("[name=slot][checked]")[0].get("value") == value("2026-11-30 09:00")


def test_a_result_that_is_missing_two_hours_after_the_slot_breaks_the_promise(
    app, alices, db, booked, waiting
):
    clock.freeze(at("2026-11-29 12:59"))
    assert not notice_missed(app, booked)
    assert visits(db)[0].state == "booked"
    clock.freeze(at("2026-11-29 13:00"))

    assert [notice_missed(app, booked), notice_missed(app, booked)] == [True, False]

    assert visits(db)[0].state == "missed"
    assert outcome(db) == "broken"
    assert told(db) == ["services.visit_booked", "services.visit_missed"]
    assert len(db.scalars(select(Charge).where(Charge.kind == "compensation")).all()) == 1


def test_a_result_that_comes_late_still_starts_the_work(app, desk, db, booked, waiting):
    browser = desk("2026-11-29 14:00")
    notice_missed(app, booked)
    page = result_page(browser, booked)
    assert "No result was written in time" in page.text

    page.submit(result="done", arrived_at="09:10")

    assert db.get(Order, waiting.id).state == "in_progress"
    assert visits(db)[0].state == "done"
    assert outcome(db) == "broken"


def test_a_late_result_is_refused_once_a_new_visit_is_booked(app, desk, alices, alice, db, booked):
    clock.freeze(at("2026-11-29 13:30"))
    notice_missed(app, booked)
    alices.log_in(alice)
    alices.get("visits.choose_time", account_id=alice.account_id, order_id=booked.order_id).submit(
        slot=value("2026-12-01 09:00")
    )

    page = result_page(desk("2026-11-29 14:00"), booked).submit(result="done", arrived_at="09:10")

    assert page.status == 422
    assert "A new visit is booked" in page.text
    assert sorted(visit.state for visit in visits(db)) == ["booked", "missed"]


@pytest.mark.parametrize("arrived", ["", "10:41", "23:59"])
def test_a_time_of_arrival_that_cannot_be_is_refused(desk, db, booked, arrived):
    page = result_page(desk("2026-11-29 10:40"), booked)

    page = page.submit(result="done", arrived_at=arrived, words="kept")

    assert page.status == 422
    assert "technician came" in page.text
    assert page.value("words").strip() == "kept"
    assert visits(db)[0].state == "booked"


def test_nothing_is_recorded_before_the_day(desk, db, booked):
    page = result_page(desk("2026-11-28 10:00"), booked).submit(result="done", arrived_at="09:10")

    assert page.status == 422
    assert visits(db)[0].state == "booked"


def test_the_command_ends_the_visit_too(app, db, booked, waiting):
    clock.freeze(at("2026-11-29 10:00"))

    done = app.test_cli_runner().invoke(args=["services", "finish-visit", waiting.number])

    assert done.exit_code == 0, done.output
    assert visits(db)[0].state == "done"
    assert outcome(db) == "kept"
    assert jobs_of_orders(db) == 1


def test_the_promises_follow_from_their_events(app, alices, alice, desk, db, booked):
    page = alices.get("visits.choose_time", account_id=alice.account_id, order_id=booked.order_id)
    page.submit(slot=value("2026-12-01 09:00"))
    result_page(desk("2026-12-01 08:00"), booked).submit(result="missed")

    verified = app.test_cli_runner().invoke(args=["sla", "verify"])

    assert verified.output == "1 subjects, 0 differences\n"
    ends = db.scalars(select(Promise.end).order_by(Promise.cycle)).all()
    assert ends == ["replaced", "broken"]


def test_a_visit_is_promised_from_the_beginning_of_its_slot(db, booked):
    promise = db.scalars(select(Promise).where(Promise.subject_kind == "visit")).one()

    assert (promise.started_at, promise.due_at - promise.started_at) == (
        at(MORNING),
        timedelta(hours=2),
    )
