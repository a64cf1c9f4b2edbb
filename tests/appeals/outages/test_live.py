"""An outage with real commits and the roles of the processes: told once, though all is repeated."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from portal.accounts.models import User
from portal.appeals import chain, queries
from portal.appeals.actions import Writer
from portal.appeals.models import Appeal, Message
from portal.appeals.outages import actions
from portal.appeals.outages import queries as outages
from portal.appeals.outages.models import Outage, OutageLink
from portal.appeals.states import AppealKind
from portal.core import clock
from portal.core.errors import RuleError
from portal.notify.models import Notification
from portal.promises.models import Promise
from tests.appeals.factories import acting, as_customer, file_appeal, writer_of
from tests.appeals.outages.factories import REASON, at_desk, open_outage
from tests.cast import Person, make_cast
from tests.live import wait_until

TEXTS = {"kk": "Жөндеп жатырмыз", "ru": "Чиним", "en": "We repair it"}


@dataclass
class Story:
    """An outage and what belongs to it, as the database has it now."""

    app: Flask
    worker: Flask
    db: Session
    people: dict[str, Person]
    outage_id: UUID
    followed: UUID
    linked: UUID

    @property
    def outage(self):
        self.db.rollback()
        return self.db.get(Outage, self.outage_id, populate_existing=True)

    @property
    def appeal(self):
        self.db.rollback()
        return self.db.get(Appeal, self.followed, populate_existing=True)

    @property
    def repair(self):
        return promise_of(self.db, self.followed, "repair")

    def at_desk(self, work, *arguments, **more):
        at_desk(self.app, self.people["dora"], self.outage_id, work, *arguments, **more)


@pytest.fixture
def people(live):
    return make_cast(live.session())


def follow(app, person, outage_id):
    """Follow as somebody of the cast; return the appeal’s id."""
    with acting(app, account_id=person.account_id, user_id=person.id) as own:
        outage = outages.locked_outage(outage_id)
        return actions.follow(writer_of(own, person), outage, actions.Wish()).id


def said(db, appeal_id):
    """Return (author, kind) of all that was said, and whether the chain holds."""
    db.rollback()
    rows = db.scalars(
        select(Message).where(Message.appeal_id == appeal_id).order_by(Message.position)
    ).all()
    assert chain.first_break(row.link for row in rows) is None
    return [(row.author, row.kind) for row in rows]


def promise_of(db, appeal_id, kind):
    db.rollback()
    mine = (Promise.subject_id == appeal_id, Promise.kind == kind)
    newest = select(Promise).where(*mine).order_by(Promise.cycle.desc()).limit(1)
    return db.scalars(newest.execution_options(populate_existing=True)).first()


def link_of(db, appeal_id):
    db.rollback()
    own = select(OutageLink).where(OutageLink.appeal_id == appeal_id)
    return db.scalars(own.execution_options(populate_existing=True)).one()


def follow_publicly(app, number, outage_id):
    """Follow as one of many without an account; return the appeal’s id."""
    writer = Writer(f"Writer {number}", f"w{number}@example.kz", "kk")
    with acting(app):
        outage = outages.locked_outage(outage_id)
        return actions.follow_publicly(writer, outage, actions.Wish()).appeal.id


def interims(db):
    """Return how many interim answers each appeal has got."""
    db.rollback()
    query = select(Message.appeal_id, func.count()).where(Message.kind == "interim")
    return dict(db.execute(query.group_by(Message.appeal_id)).all())


def link(app, specialist, appeal_id, outage_id):
    with acting(app, user_id=specialist.id, staff=True) as own:
        held = outages.locked_outage(outage_id)
        appeal = queries.appeal_for_staff(appeal_id, lock=True)
        actions.link_appeal(appeal, held, by=own.get_one(User, specialist.id))


def told_of(db, person):
    """Return the kinds of what a person was told."""
    db.rollback()
    return db.scalars(select(Notification.kind).where(Notification.user_id == person.id)).all()


def remind(worker):
    with acting(worker):
        return actions.remind_of_question(most=10)


def tell(worker, outage_id):
    with worker.app_context():
        actions.tell_followers(outage_id)


@pytest.fixture
def story(live, people):
    """An outage that alice follows by a new appeal and to which bob's fault is linked."""
    app = live.app()
    outage_id = open_outage(app, people["dora"])
    own = file_appeal(app, people["bob"], kind=AppealKind.FAULT)
    followed = follow(app, people["alice"], outage_id)
    link(app, people["dora"], own, outage_id)
    return Story(app, live.app("kabinet_worker"), live.session(), people, outage_id, followed, own)


def test_an_outage_from_its_beginning_to_the_last_answer(story):
    """Each step by the role of its process; a live database costs more than a long test."""
    _tell_with_the_time(story)
    _tell_without_the_time(story)
    _move_the_time(story)
    _restore(story)
    _remind(story)
    _answer_no_and_then_yes(story)


def _tell_with_the_time(story):
    until = story.outage.promised_at
    assert (story.repair.due_at, story.repair.moved) == (until, 0)
    assert said(story.db, story.linked)[-1] == ("specialist", "interim")

    story.at_desk(actions.broadcast_update, TEXTS, names_time=True)
    for _ in range(2):
        tell(story.worker, story.outage_id)

    assert said(story.db, story.followed) == [("customer", "message"), ("specialist", "interim")]
    assert promise_of(story.db, story.followed, "interim").end == "fulfilled"
    assert story.repair.due_at == until


def _tell_without_the_time(story):
    again = follow(story.app, story.people["alice"], story.outage_id)
    before = interims(story.db)
    story.at_desk(actions.broadcast_update, TEXTS, names_time=False)
    tell(story.worker, story.outage_id)

    assert said(story.db, story.followed)[-1] == ("specialist", "message")
    assert interims(story.db) == before
    assert again == story.followed


def _move_the_time(story):
    later = story.outage.promised_at + timedelta(hours=1)

    story.at_desk(actions.move_promise, later, reason=REASON)
    tell(story.worker, story.outage_id)

    assert (story.repair.due_at, story.repair.moved) == (later, 1)


def _restore(story):
    story.at_desk(actions.restore, clock.now())
    for _ in range(2):
        tell(story.worker, story.outage_id)

    for appeal_id in (story.followed, story.linked):
        assert said(story.db, appeal_id)[-1] == ("specialist", "final")
        assert promise_of(story.db, appeal_id, "repair").end == "fulfilled"
    assert story.appeal.state == "answered"
    with pytest.raises(RuleError, match="over"):
        follow(story.app, story.people["bob"], story.outage_id)
    with pytest.raises(RuleError, match="over"):
        story.at_desk(actions.restore, clock.now())


def _remind(story):
    with clock.standing_at(clock.now() + timedelta(days=3, minutes=1)):
        counts = [remind(story.worker) for _ in range(2)]

    assert counts == [2, 0]
    assert told_of(story.db, story.people["alice"]).count("outages.asked") == 2


def _answer_no_and_then_yes(story):
    alice = story.people["alice"]
    for _ in range(2):
        as_customer(story.app, alice, story.followed, actions.say_still_broken)
    assert said(story.db, story.followed)[-2:] == [
        ("specialist", "final"),
        ("customer", "message"),
    ]
    assert (story.appeal.state, story.repair.cycle) == ("reopened", 2)
    assert told_of(story.db, story.people["dora"]).count("outages.still_broken") == 1

    for _ in range(2):
        as_customer(story.app, alice, story.followed, actions.say_it_works)
    assert link_of(story.db, story.followed).answer == "yes"
    assert story.appeal.state == "closed"
    with pytest.raises(RuleError, match="over"):
        as_customer(story.app, alice, story.followed, actions.say_still_broken)


def test_two_at_once_tell_each_of_them_once(live, people):
    app, worker, db = live.app(), live.app("kabinet_worker"), live.session()
    outage_id = open_outage(app, people["dora"])
    ids = [follow_publicly(app, number, outage_id) for number in range(8)]
    at_desk(app, people["dora"], outage_id, actions.broadcast_update, TEXTS, names_time=True)
    ready = Barrier(3)

    def work():
        with worker.app_context():
            ready.wait()
            while actions.tell_next(outage_id, most=3):
                pass

    with ThreadPoolExecutor(3) as pool:
        for running in [pool.submit(work) for _ in range(3)]:
            running.result()

    for appeal_id in ids:
        assert said(db, appeal_id) == [("customer", "message"), ("specialist", "interim")]


def test_two_presses_make_one_appeal_and_links_are_private(live, people):
    app, db = live.app(), live.session()
    outage_id = open_outage(app, people["dora"])
    ready = Barrier(3)

    def press():
        ready.wait()
        return follow(app, people["alice"], outage_id)

    with ThreadPoolExecutor(3) as pool:
        found = {each.result() for each in [pool.submit(press) for _ in range(3)]}

    assert len(found) == 1
    assert db.scalar(select(func.count()).select_from(OutageLink)) == 1
    _look_as(live, people["bob"])


def _look_as(live, person):
    with live.session("kabinet_app") as portal:
        portal.execute(
            text("select set_config('app.account_id', :id, true)"),
            {"id": str(person.account_id)},
        )
        assert portal.scalar(text("select count(*) from outage")) == 1
        assert portal.scalar(text("select count(*) from outage_link")) == 0
        with pytest.raises(ProgrammingError, match="row-level security"):
            portal.execute(text("update outage set moved = 9"))


@pytest.mark.long
def test_a_killed_worker_tells_nobody_twice_and_leaves_nobody_out(live, people):
    app, db, many = live.app(), live.session(), 120
    outage_id = open_outage(app, people["dora"])
    for number in range(many):
        follow_publicly(app, number, outage_id)
    at_desk(app, people["dora"], outage_id, actions.broadcast_update, TEXTS, names_time=True)

    first = live.start_worker()
    before = wait_until(lambda: interims(db) or None, 120)
    first.kill()
    first.wait()
    live.start_worker()
    wait_until(lambda: len(interims(db)) >= many, 180)

    assert len(before) < many
    assert set(interims(db).values()) == {1}
