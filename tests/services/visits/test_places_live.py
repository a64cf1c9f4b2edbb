"""Places with real commits, threads and connections: none is sold twice, none is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from inspect import unwrap
from threading import Barrier

import pytest
from icalendar import Calendar
from sqlalchemy import delete, func, select, text

from portal.core import clock
from portal.core.db import transaction
from portal.core.text import reading_as, today
from portal.notify import kinds
from portal.notify.models import Notification
from portal.promises.models import Promise
from portal.services.models import Charge, Order
from portal.services.visits import actions, jobs, queries
from portal.services.visits.actions import SlotGoneError
from portal.services.visits.models import Visit, VisitSlot
from tests.cast import make_account, make_membership, make_user
from tests.services.factories import subscribe
from tests.services.visits.factories import HERE, MORNING, NOON, at, set_places, taken, value
from tests.services.visits.rows import add_waiting_order

ROUNDS = 25
BUYERS = 4


@pytest.fixture
def crowd(town):
    """BUYERS contracts of one district, each with an order that waits; the clock stands."""
    clock.freeze(at("2026-11-22 10:00"))
    made = []
    for number in range(BUYERS):
        user = make_user(town.db, f"Buyer{number} Crowd")
        account = make_account(town.db, f"7130000{number:02d}")
        town.db.flush()
        make_membership(town.db, user, account)
        made.append((user, account, add_waiting_order(town.db, user, account)))
    town.db.commit()
    town.db.expunge_all()  # Threads read them: nothing may be loaded through one session.
    return made


def at_once(*works):
    """Run functions in the same moment, each in a thread of its own; return their answers."""
    gate = Barrier(len(works))

    def run(work):
        gate.wait()
        try:
            return work()
        except SlotGoneError:
            return "gone"

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def in_own(town, account, act):
    """Return `act` as a piece of work on a connection of its own that sees one contract."""

    def work():
        with town.app.app_context(), transaction(account_id=account.id) as own:
            return act(own)

    return work


def book(town, buyer, moment):
    user, account, order = buyer

    def act(_own):
        actions.book_visit(order, at(moment), by=user)
        return "booked"

    return in_own(town, account, act)


def move(town, buyer, moment):
    user, account, order = buyer

    def act(own):
        visit = own.scalars(select(Visit).where(Visit.order_id == order.id)).one()
        actions.move_visit(visit, at(moment), by=user)
        return "moved"

    return in_own(town, account, act)


def forget(town):
    """Begin the next round with nothing booked."""
    town.db.rollback()
    for table in (Promise, Visit, VisitSlot):
        town.db.execute(delete(table))
    town.db.commit()


def counted(town):
    """Return the booked visits by slot, as the visits themselves tell it."""
    town.db.rollback()
    rows = town.db.execute(
        select(Visit.starts_at, func.count())
        .where(Visit.state == "booked")
        .group_by(Visit.starts_at)
    )
    return {f"{begin.astimezone(at(MORNING).tzinfo):%Y-%m-%d %H:%M}": n for begin, n in rows}


@pytest.mark.parametrize("places", [1, 3])
def test_the_last_place_is_sold_once(town, crowd, places):
    set_places(town.db, places)
    for _round in range(ROUNDS):
        answers = at_once(*(book(town, buyer, MORNING) for buyer in crowd))

        assert sorted(answers) == ["booked"] * places + ["gone"] * (BUYERS - places)
        assert taken(town.db) == counted(town) == {MORNING: places}
        forget(town)


@pytest.mark.long
def test_of_two_who_move_to_the_last_place_one_keeps_his_own(town, crowd):
    set_places(town.db, 2)
    first, second, third, _ = crowd
    for _round in range(ROUNDS):
        for buyer, moment in ((first, MORNING), (second, MORNING), (third, NOON)):
            book(town, buyer, moment)()

        answers = at_once(move(town, first, NOON), move(town, second, NOON))

        assert sorted(answers) == ["gone", "moved"]
        assert taken(town.db) == counted(town) == {MORNING: 1, NOON: 2}
        forget(town)


@pytest.mark.long
def test_two_who_move_crosswise_both_get_there(town, crowd):
    set_places(town.db, 2)
    first, second, *_ = crowd
    for _round in range(ROUNDS):
        book(town, first, MORNING)()
        book(town, second, NOON)()

        answers = at_once(move(town, first, NOON), move(town, second, MORNING))

        assert answers == ["moved", "moved"]
        assert taken(town.db) == counted(town) == {MORNING: 1, NOON: 1}
        forget(town)


def test_a_place_that_is_being_freed_is_not_sold_twice(town, crowd):
    set_places(town.db, 1)
    first, second, third, _ = crowd
    for _round in range(ROUNDS):
        book(town, first, MORNING)()

        answers = at_once(
            move(town, first, NOON), book(town, second, MORNING), book(town, third, MORNING)
        )

        assert answers[0] == "moved"
        assert sum(answer == "booked" for answer in answers) <= 1
        assert taken(town.db) == counted(town)
        assert max(taken(town.db).values()) == 1
        forget(town)


def test_one_who_moves_twice_at_once_moves_one_visit(town, crowd):
    set_places(town.db, 1)
    buyer, *_ = crowd
    book(town, buyer, MORNING)()

    at_once(move(town, buyer, NOON), move(town, buyer, NOON))

    assert taken(town.db) == counted(town) == {NOON: 1}


def worker(town):
    app = town.live.app("kabinet_worker")
    return lambda job: _as_worker(app, job)


def _as_worker(app, job):
    with app.app_context():
        unwrap(job.func)()


def test_two_workers_remind_of_each_visit_once(town, crowd):
    set_places(town.db, BUYERS)
    for buyer in crowd:
        book(town, buyer, MORNING)()
    clock.freeze(at("2026-11-28 18:00"))
    run = worker(town)

    at_once(lambda: run(jobs.remind_of_visits), lambda: run(jobs.remind_of_visits))

    town.db.rollback()
    kind = Notification.kind == "services.visit_reminder"
    reminded = town.db.scalars(select(Notification.user_id).where(kind)).all()
    assert sorted(reminded) == sorted(user.id for user, _, _ in crowd)


def test_two_workers_break_each_missed_promise_once(town, crowd):
    set_places(town.db, BUYERS)
    for buyer in crowd:
        book(town, buyer, MORNING)()
    clock.freeze(at("2026-11-29 13:00"))
    run = worker(town)

    at_once(lambda: run(jobs.notice_missed_visits), lambda: run(jobs.notice_missed_visits))

    town.db.rollback()
    states = town.db.scalars(select(Visit.state)).all()
    credited = town.db.scalars(select(Charge.amount).where(Charge.kind == "compensation")).all()
    kind = Notification.kind == "services.visit_missed"
    assert states == ["missed"] * BUYERS
    assert credited == [-2000] * BUYERS
    assert town.db.scalar(select(func.count()).select_from(Notification).where(kind)) == BUYERS


def terms_of(town, person):
    """Go to the terms of what a technician connects."""
    browser = town.browser(person)
    page = browser.get("services.show_offering", account_id=person.account_id, code="camera")
    return page.submit()


def test_two_who_order_for_the_last_place_get_one_order_and_one_refusal(town):
    day = today() + timedelta(days=3)
    morning, noon = f"{day} 09:00", f"{day} 11:00"
    set_places(town.db, 1)
    people = [town.cast["alice"], town.cast["bob"]]
    for person in people:
        subscribe(town.db, person.account, "vmeste-200")
    pages = [terms_of(town, person) for person in people]

    answers = at_once(*(partial(page.submit, slot=value(morning)) for page in pages))

    assert sorted(page.status for page in answers) == [200, 422]
    [refused] = [page for page in answers if page.status == 422]
    assert "This time has just been taken. Choose another one." in refused.text
    town.db.rollback()
    assert town.db.scalar(select(func.count()).select_from(Order)) == 1
    assert taken(town.db) == counted(town) == {morning: 1}
    assert "Your order is accepted." in refused.submit(slot=value(noon)).text
    assert taken(town.db) == counted(town) == {morning: 1, noon: 1}


def test_the_letter_brings_the_file_of_the_visit_as_it_is_by_now(town, crowd):
    set_places(town.db, 1)
    buyer, *_ = crowd
    book(town, buyer, MORNING)()
    move(town, buyer, NOON)()
    kind = Notification.kind == "services.visit_booked"
    told = town.db.scalars(select(Notification).where(kind)).one()

    with town.live.app("kabinet_worker").app_context(), reading_as("ru"):
        made = kinds.known(told.kind).attach(told.values)

    [event] = Calendar.from_ical(made.content).walk("VEVENT")
    assert (made.name, made.media_type, made.parameters["method"]) == (
        "visit.ics",
        "text/calendar",
        "PUBLISH",
    )
    assert (event["SEQUENCE"], event.start) == (1, at(NOON))
    assert event["SUMMARY"].startswith("Мастер")


def test_a_customer_sees_no_visits_but_his_own_and_changes_no_places(town, crowd):
    set_places(town.db, 2)
    first, second, *_ = crowd
    book(town, first, MORNING)()
    book(town, second, MORNING)()

    def look(own):
        seen = own.scalars(select(Visit.order_id)).all()
        places = queries.weekly_places(HERE)
        changed = own.execute(text("update visit_capacity set places = 50"))
        return seen, places, changed.rowcount

    seen, places, changed = in_own(town, first[1], look)()

    assert seen == [first[2].id]
    assert places == dict.fromkeys(range(7), 2)
    assert changed == 0
    assert town.db.scalar(select(func.sum(VisitSlot.taken))) == 2
