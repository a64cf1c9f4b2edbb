"""The timers: set with each event, told once, to the assignee first and then to supervisors."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import User
from portal.appeals import actions
from portal.appeals.states import AppealKind
from portal.core import clock, ids
from portal.core.db import transaction
from portal.core.events import on
from portal.events import PromiseBroken, PromiseDue, StepsPassed
from portal.notify.models import Notification
from portal.promises import timing
from portal.promises.actions import Subject, record
from portal.promises.fold import Happening
from portal.promises.models import Promise, PromiseTimer
from tests.appeals.factories import acting, as_customer, as_staff, file_appeal
from tests.statements import counted

# The clock of the tests stands at 17:00 in Almaty. A question is answered on the same day (seven
# hours), finally within 24; a fault is repaired within 48 hours.
HOUR = timedelta(hours=1)
heard = []


@on(StepsPassed)
def hear(event):
    heard.extend(event.steps)


@pytest.fixture
def tick(app, db):
    """Return a function that lets the tracker look once at a time; it gives the steps told."""

    def look(moment=None, most=200):
        clock.freeze(moment or clock.now())
        heard.clear()
        with app.app_context(), transaction(staff=True):
            timing.pass_time(most=most)
        return [told(step) for step in heard]

    yield look
    heard.clear()


def told(step):
    if isinstance(step, PromiseDue):
        return (step.kind, step.percent)
    if isinstance(step, PromiseBroken):
        return (step.kind, "broken")
    return (step.kind, f"day {step.day}")


def timers(db, kind):
    db.expire_all()
    query = select(PromiseTimer).join(Promise, Promise.id == PromiseTimer.id)
    return [(row.step, row.fires_at) for row in db.scalars(query.where(Promise.kind == kind))]


def notices(db, person):
    """Return what a person of the staff was told, oldest first."""
    db.expire_all()
    own = select(Notification).where(Notification.user_id == person.id)
    return [row.kind.removeprefix("appeals.") for row in db.scalars(own.order_by(Notification.id))]


def differences(app):
    with app.app_context(), transaction(staff=True):
        return list(timing.differences())


def test_an_open_promise_has_one_timer_at_its_next_step(app, db, alice, noon):
    file_appeal(app, alice, AppealKind.FAULT)

    assert timers(db, "interim") == [(50, noon + 3.5 * HOUR)]
    assert timers(db, "repair") == [(50, noon + 24 * HOUR)]
    assert differences(app) == []


def test_each_step_is_told_once(app, db, alice, tick, noon):
    file_appeal(app, alice)

    found = [step for hour in range(60) for step in tick(noon + (hour + 0.1) * HOUR)]

    assert found == [
        ("interim", 50),
        ("interim", 80),
        ("interim", "broken"),
        ("interim", "day 1"),
        ("final", 50),
        ("final", 80),
        ("final", "broken"),
        ("final", "day 1"),
        ("interim", "day 2"),
        ("final", "day 2"),
    ]
    assert differences(app) == []


def test_a_clock_that_jumps_by_days_tells_what_is_due_once_and_in_order(app, db, alice, tick, noon):
    file_appeal(app, alice, AppealKind.FAULT)

    found = [step for _ in range(6) for step in tick(noon + 97 * HOUR)]

    assert found == [
        ("interim", "broken"),
        ("interim", "day 1"),
        ("repair", "broken"),
        ("repair", "day 1"),
        ("interim", "day 2"),
        ("repair", "day 2"),
        ("repair", "day 3"),
    ]
    assert differences(app) == []


def test_what_is_kept_drops_its_timer(app, db, alice, dora, tick, noon):
    appeal_id = file_appeal(app, alice)

    as_staff(app, dora, appeal_id, actions.send_final, body="Done.")

    assert timers(db, "interim") == timers(db, "final") == []
    assert tick(noon + 60 * HOUR) == []


def test_what_ended_too_late_is_still_told(app, db, alice, dora, tick, noon):
    appeal_id = file_appeal(app, alice, AppealKind.FAULT)
    clock.freeze(noon + 73 * HOUR)  # Nobody has looked until now: a day and an hour late.
    as_staff(app, dora, appeal_id, actions.send_final, body="It works again.")

    found = [step for _ in range(5) for step in tick()]

    assert [step for step in found if step[0] == "repair"] == [
        ("repair", "broken"),
        ("repair", "day 1"),
        ("repair", "day 2"),
    ]
    assert timers(db, "repair") == []
    assert differences(app) == []


def test_a_warning_is_not_repeated_when_the_customer_answers_soon(app, db, alice, dora, tick, noon):
    appeal_id = file_appeal(app, alice)
    as_staff(app, dora, appeal_id, actions.open_investigation, reason="cables")
    assert ("final", 50) in tick(noon + timedelta(days=8))
    as_staff(app, dora, appeal_id, actions.answer, body="Which router?", asks=True)
    clock.freeze(noon + timedelta(days=8, minutes=5))
    as_customer(app, alice, appeal_id, actions.reply, body="The white one.")

    found = tick(noon + timedelta(days=8, hours=1))

    assert ("final", 50) not in found
    assert timers(db, "final")[0][0] == 80
    assert differences(app) == []


def test_a_later_date_is_warned_of_anew(app, db, alice, dora, tick, noon):
    appeal_id = file_appeal(app, alice)
    tick(noon + 20 * HOUR)  # 80 % of the day of a simple answer
    as_staff(app, dora, appeal_id, actions.open_investigation, reason="cables")

    assert timers(db, "final") == [(50, noon + timedelta(days=7.5))]


def test_the_assignee_is_told_of_each_step_and_supervisors_of_breaches(
    app, db, alice, dora, eric, tick, noon
):
    appeal_id = file_appeal(app, alice)
    as_staff(app, dora, appeal_id, actions.claim)

    for hour in range(10):
        tick(noon + (hour + 0.1) * HOUR)

    assert notices(db, dora) == ["half_passed", "little_left", "promise_broken"]
    assert notices(db, eric) == ["promises_broken"]
    first = db.scalars(select(Notification).where(Notification.user_id == dora.id)).first()
    assert first.link == f"/staff/appeals/{appeal_id}"
    assert first.values["promise"]["in"]["ru"]


def test_supervisors_hear_once_of_all_that_nobody_has_taken(
    app, browser, db, alice, bob, eric, tick, noon
):
    for person in (alice, bob, alice):
        file_appeal(app, person)

    tick(noon + 4 * HOUR)
    tick(noon + 32 * HOUR)  # All is late now.
    tick()  # The interim answers are late for a second day.

    assert notices(db, eric) == ["nobody_has_them", "promises_broken", "still_late"]
    browser.log_in(eric)
    assert "Time runs out, and nobody has taken them: 3" in browser.open("/notifications").text


def test_supervisors_hear_of_reviews_that_run_out_of_time(app, db, alice, dora, eric, tick, noon):
    subject = Subject("rating", ids.uuid7(), account_id=alice.account_id)
    with acting(app, account_id=alice.account_id):
        record(subject, Happening.RATED)
    due = noon + timedelta(days=2, hours=1)  # Tuesday, 18:00 in Almaty: two working days

    tick(due - HOUR)
    tick(due + HOUR)

    assert notices(db, eric) == ["feedback.reviews_due", "feedback.reviews_late"]
    assert notices(db, dora) == []


def test_a_specialist_who_left_is_told_nothing(app, db, alice, dora, eric, tick, noon):
    appeal_id = file_appeal(app, alice)
    as_staff(app, dora, appeal_id, actions.claim)
    db.get_one(User, dora.id).disabled_at = noon
    db.commit()

    tick(noon + 4 * HOUR)

    assert notices(db, dora) == []
    assert notices(db, eric) == ["nobody_has_them"]


def test_a_tick_costs_the_same_for_one_and_for_many(
    app, db, harness_engine, alice, bob, dora, tick, noon
):
    def cost(moment):
        with counted(harness_engine) as statements:
            assert tick(moment)
        return len(statements)

    file_appeal(app, alice)
    one = cost(noon + 4 * HOUR)
    clock.freeze(noon)
    for person in (alice, bob) * 10:
        appeal_id = file_appeal(app, person)
        as_staff(app, dora, appeal_id, actions.claim)

    assert cost(noon + 4 * HOUR) <= one


def test_only_so_many_are_told_at_once(app, db, alice, bob, tick, noon):
    for person in (alice, bob, alice):
        file_appeal(app, person)

    found = [len(tick(noon + 4 * HOUR, most=2)) for _ in range(3)]

    assert found == [2, 1, 0]


def test_a_timer_that_was_changed_by_hand_is_found(app, db, alice, noon):
    file_appeal(app, alice, AppealKind.FAULT)
    for row in db.scalars(select(PromiseTimer)).all():
        row.fires_at = datetime(2027, 1, 1, tzinfo=UTC)
    db.commit()

    assert len(differences(app)) == 2


def test_a_timer_that_is_missing_is_found(app, db, alice):
    file_appeal(app, alice)
    for row in db.scalars(select(PromiseTimer)).all():
        db.delete(row)
    db.commit()

    assert [line.split()[2] for line in differences(app)] == ["interim", "final"]
