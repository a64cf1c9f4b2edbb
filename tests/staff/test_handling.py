"""What moves an appeal: to a colleague, to another addressee, beside its likes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import User
from portal.appeals import actions, queries
from portal.appeals.actions import desk
from portal.appeals.models import Appeal, AppealNote, Message, MessageBody
from portal.appeals.states import AppealKind
from portal.core import clock
from portal.core.errors import RuleError
from portal.notify.models import Notification
from portal.promises.models import Promise
from portal.staff.models import QueueEntry
from tests.appeals.factories import acting, as_customer, as_staff, file_appeal, stored


def person(db, somebody):
    return db.get_one(User, somebody.id)


def promise(db, appeal_id, kind):
    db.expire_all()
    wanted = select(Promise).where(Promise.subject_id == appeal_id, Promise.kind == kind)
    return db.scalars(wanted.order_by(Promise.cycle.desc())).first()


def test_a_colleague_gets_an_appeal_with_a_note_and_is_told(app, db, alice, dora, eric):
    appeal_id = file_appeal(app, alice)
    as_staff(app, dora, appeal_id, actions.claim)

    as_staff(app, dora, appeal_id, desk.transfer, to=person(db, eric), note="He asked for you.")

    assert stored(db, appeal_id).assignee_id == eric.id
    assert db.scalars(select(AppealNote.body)).all() == ["He asked for you."]
    told = db.scalars(select(Notification).where(Notification.user_id == eric.id)).one()
    assert (told.kind, told.link) == ("appeals.transferred", f"/staff/appeals/{appeal_id}")
    assert promise(db, appeal_id, "first_response") is None or not stored(db, appeal_id).answered_at
    with pytest.raises(RuleError, match="A colleague has this appeal"):
        as_staff(app, dora, appeal_id, desk.transfer, to=person(db, dora), note="")
    as_staff(app, eric, appeal_id, desk.assign, to=person(db, dora))
    assert stored(db, appeal_id).assignee_id == dora.id


@pytest.mark.parametrize("who", ["alice", "fiona", "dora"])
def test_nobody_else_can_be_given_an_appeal(app, db, cast, alice, dora, who):
    appeal_id = file_appeal(app, alice)
    as_staff(app, dora, appeal_id, actions.claim)

    with pytest.raises(RuleError) as refused:
        as_staff(app, dora, appeal_id, desk.transfer, to=person(db, cast[who]), note="Take it")

    assert refused.value.field == "to_id"
    assert stored(db, appeal_id).assignee_id == dora.id
    assert not db.scalars(select(AppealNote)).all()


def test_what_is_not_for_us_is_forwarded_in_time_and_rejected_with_the_reason(
    app, db, alice, dora, noon
):
    appeal_id = file_appeal(app, alice)
    as_staff(app, dora, appeal_id, desk.note_wrong_addressee)
    assert promise(db, appeal_id, "forward").due_at > noon + timedelta(days=2)
    with pytest.raises(RuleError, match="noted already"):
        as_staff(app, dora, appeal_id, desk.note_wrong_addressee)
    clock.freeze(noon + timedelta(days=1))

    as_staff(
        app, dora, appeal_id, desk.reject_as_forwarded, reason="The city lights the street: 109."
    )

    appeal = stored(db, appeal_id)
    assert (appeal.state, appeal.rejected_as) == ("rejected", "forwarded")
    assert promise(db, appeal_id, "forward").end == "fulfilled"
    assert promise(db, appeal_id, "final").end == "released"
    assert "The city lights the street: 109." in db.scalars(select(MessageBody.body)).all()
    assert (
        "appeals.answered"
        in db.scalars(select(Notification.kind).where(Notification.user_id == alice.id)).all()
    )
    assert db.get(QueueEntry, appeal_id) is None
    with pytest.raises(RuleError, match="answered or over"):
        as_staff(app, dora, appeal_id, desk.reject_as_spam, reason="Twice")
    with pytest.raises(RuleError, match="is over"):
        as_customer(app, alice, appeal_id, actions.reply, body="Why?")


def test_spam_ends_without_a_letter(app, db, alice, dora):
    appeal_id = file_appeal(app, alice)
    letters = len(db.scalars(select(Notification)).all())
    with pytest.raises(RuleError, match="Write the reason"):
        as_staff(app, dora, appeal_id, desk.reject_as_spam, reason=" ")

    as_staff(app, dora, appeal_id, desk.reject_as_spam, reason="Advertising")

    assert stored(db, appeal_id).rejected_as == "spam"
    assert len(db.scalars(select(Notification)).all()) == letters
    assert db.scalars(select(Message.kind).order_by(Message.position)).all()[-1] == "message"


def linked(app, dora, one, other):
    with acting(app, user_id=dora.id, staff=True) as session:
        by = session.get_one(User, dora.id)
        both = [queries.appeal_for_staff(each, lock=True) for each in (one, other)]
        desk.link_duplicate(*both, by=by)


def test_duplicates_are_linked_around_one_and_keep_what_is_theirs(app, db, alice, bob, dora):
    a, b, c, d = (file_appeal(app, who, AppealKind.FAULT) for who in (alice, bob, alice, bob))
    linked(app, dora, b, a)
    linked(app, dora, d, c)

    linked(app, dora, d, b)

    firsts = dict(db.execute(select(Appeal.id, Appeal.duplicate_of_id)).all())
    assert firsts == {a: None, b: a, c: a, d: a}
    assert len(set(db.scalars(select(Appeal.number)).all())) == 4
    assert len(db.scalars(select(Promise).where(Promise.kind == "repair")).all()) == 4
    for one, other in ((a, a), (a, b), (b, a), (c, d)):
        with pytest.raises(RuleError):
            linked(app, dora, one, other)

    as_staff(app, dora, a, desk.unlink_duplicate)

    db.expire_all()
    firsts = dict(db.execute(select(Appeal.id, Appeal.duplicate_of_id)).all())
    assert firsts == {a: None, b: None, c: b, d: b}
    with pytest.raises(RuleError, match="linked with no other"):
        as_staff(app, dora, a, desk.unlink_duplicate)


def test_the_queue_follows_the_appeal_and_its_promises(app, db, alice, dora, noon):
    appeal_id = file_appeal(app, alice)
    entry = db.get_one(QueueEntry, appeal_id)
    row = db.scalars(select(Promise).where(Promise.is_next)).one()
    assert (entry.due_at, entry.promise_id) == (row.due_at, row.id)
    assert (entry.kind, entry.state, entry.language) == ("question", "registered", "en")

    as_staff(app, dora, appeal_id, actions.claim)
    as_staff(app, dora, appeal_id, actions.answer, body="When did it begin?", asks=True)

    db.expire_all()
    entry = db.get_one(QueueEntry, appeal_id)
    assert (entry.state, entry.assignee_id) == ("waiting_customer", dora.id)
    as_staff(app, dora, appeal_id, actions.send_final, body="Done.")
    db.expire_all()
    assert db.get(QueueEntry, appeal_id) is None
    as_customer(app, alice, appeal_id, actions.reply, body="It is back.")
    db.expire_all()
    again = db.get_one(QueueEntry, appeal_id)
    assert again.due_at == db.scalars(select(Promise.due_at).where(Promise.is_next)).one()


def test_a_press_leads_back_beside_the_same_queue(app, browser, alice, dora):
    appeal_id = file_appeal(app, alice)
    browser.log_in(dora)
    sieve = {"segment": "unclaimed", "kind": "question"}

    page = browser.get("staff.show_ticket", appeal_id=appeal_id, **sieve)
    taken = page.submit(form="form[action*='/claim']")
    answered = taken.submit(form="form[action*='/answer']", body="We look at it.")

    for back in (taken, answered):
        assert dict(back.response.request.args) == sieve
