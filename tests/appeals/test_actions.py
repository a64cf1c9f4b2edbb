from datetime import timedelta

import pytest
from sqlalchemy import select, text

from portal.appeals import actions, chain
from portal.appeals.models import Appeal, Message, MessageBody
from portal.appeals.states import STEPS, AppealKind, Channel, State
from portal.core import clock
from portal.core.errors import RuleError
from portal.feedback.models import RatingRequest
from portal.notify.models import Notification
from portal.promises.models import Promise
from tests.appeals.factories import (
    TEXT,
    acting,
    as_customer,
    as_staff,
    file_appeal,
    file_publicly,
    stored,
)


def promises(db, appeal_id):
    db.expire_all()
    rows = db.scalars(
        select(Promise)
        .where(Promise.subject_id == appeal_id)
        .order_by(Promise.started_at, Promise.kind)
    )
    return {(p.kind, p.cycle): p for p in rows}


def links(db, appeal_id):
    query = select(Message).where(Message.appeal_id == appeal_id).order_by(Message.position)
    return [m.link for m in db.scalars(query)]


def test_a_filed_appeal_has_number_text_promises_and_receipt(app, db, alice, noon):
    appeal_id = file_appeal(app, alice, AppealKind.FAULT)

    appeal = stored(db, appeal_id)
    made = promises(db, appeal_id)
    assert (appeal.state, appeal.length, appeal.account_id) == ("registered", 1, alice.account_id)
    assert appeal.head == links(db, appeal_id)[-1].own
    assert made[("interim", 1)].due_at == noon.replace(hour=19)  # midnight in Almaty
    assert made[("repair", 1)].due_at == noon + timedelta(days=2)
    assert [p.kind for p in made.values() if p.is_next] == ["interim"]
    told = db.scalars(select(Notification)).one()
    assert (told.kind, told.user_id) == ("appeals.registered", alice.id)
    assert told.values["head"] == chain.short(appeal.head)


def test_somebody_without_an_account_gets_a_secret_by_mail(app, db):
    appeal_id, secret = file_publicly(app)

    appeal = stored(db, appeal_id)
    mail = db.execute(text("select address, url, lines from mail")).one()
    assert appeal.account_id is None
    assert appeal.user_id is None
    assert (mail.address, mail.url) == ("n@example.kz", f"http://localhost/appeals/track/{secret}")
    assert chain.short(appeal.head) in " ".join(mail.lines)


def test_the_conversation_is_a_chain_with_text_and_files_in_it(app, db, alice, dora):
    appeal_id = file_appeal(app, alice)
    as_staff(app, dora, appeal_id, actions.answer, body="We look at it.")
    as_customer(app, alice, appeal_id, actions.reply, body="Thank you 🙂")

    chained = links(db, appeal_id)
    bodies = {b.message_id: b for b in db.scalars(select(MessageBody))}
    assert chain.first_break(chained) is None
    assert stored(db, appeal_id).head == chained[-1].own
    assert [
        chain.body_hash(bodies[k.message_id].salt, bodies[k.message_id].body) for k in chained
    ] == [k.body_hash for k in chained]


def test_an_answer_takes_the_work_up_and_tells_the_customer(app, db, alice, dora):
    appeal_id = file_appeal(app, alice)

    as_staff(app, dora, appeal_id, actions.answer, body="We look at it.")

    assert stored(db, appeal_id).state == "in_progress"
    told = db.scalars(select(Notification).where(Notification.kind == "appeals.answered")).one()
    assert told.values["name"] == "Dora D."


def test_a_reply_asks_for_the_next_answer(app, db, alice, dora, noon):
    appeal_id = file_appeal(app, alice)
    as_staff(app, dora, appeal_id, actions.answer, body="We look at it.", asks=True)
    assert stored(db, appeal_id).state == "waiting_customer"

    as_customer(app, alice, appeal_id, actions.reply, body="Here it is.")

    assert stored(db, appeal_id).state == "in_progress"
    assert promises(db, appeal_id)[("next_response", 1)].due_at == noon + timedelta(days=1)


def test_a_reply_within_ten_days_reopens_with_new_promises(app, db, alice, dora, noon):
    appeal_id = file_appeal(app, alice)
    as_staff(app, dora, appeal_id, actions.send_final, body="Done.")
    clock.freeze(noon + timedelta(days=9))

    as_customer(app, alice, appeal_id, actions.reply, body="Not quite.")

    appeal, made = stored(db, appeal_id), promises(db, appeal_id)
    assert (appeal.state, appeal.cycle) == ("reopened", 2)
    assert made[("final", 1)].end == "fulfilled"
    assert made[("final", 2)].is_open


def test_after_ten_days_nothing_can_be_added_even_if_the_closing_job_slept(
    app, db, alice, dora, noon
):
    appeal_id = file_appeal(app, alice)
    as_staff(app, dora, appeal_id, actions.send_final, body="Done.")
    clock.freeze(noon + timedelta(days=10))

    with pytest.raises(RuleError, match="Write a new one"):
        as_customer(app, alice, appeal_id, actions.reply, body="Not quite.")

    assert stored(db, appeal_id).length == 2


def test_the_job_closes_only_what_nobody_reopened(app, db, alice, dora, noon):
    old = file_appeal(app, alice)
    as_staff(app, dora, old, actions.send_final, body="Done.")
    clock.freeze(noon + timedelta(days=5))
    new = file_appeal(app, alice)
    as_staff(app, dora, new, actions.send_final, body="Done.")
    clock.freeze(noon + timedelta(days=10, seconds=1))

    with acting(app, staff=True):
        assert actions.close_answered(most=10) == 1

    assert (stored(db, old).state, stored(db, new).state) == ("closed", "answered")


def test_after_fifteen_days_of_waiting_the_customer_is_told_once(app, db, alice, dora, noon):
    appeal_id = file_appeal(app, alice)
    as_staff(app, dora, appeal_id, actions.open_investigation, reason="Measurements.")
    as_staff(app, dora, appeal_id, actions.answer, body="Which router?", asks=True)
    due = promises(db, appeal_id)[("final", 2)].due_at

    for days, state in [(14, "waiting_customer"), (15, "in_progress"), (16, "in_progress")]:
        clock.freeze(noon + timedelta(days=days))
        with acting(app, staff=True):
            assert actions.resume_unanswered(None, most=10) is None
        assert stored(db, appeal_id).state == state

    told = db.scalars(select(Notification).where(Notification.kind == "appeals.wait_ended")).all()
    assert [each.user_id for each in told] == [alice.id]
    assert due == promises(db, appeal_id)[("final", 2)].due_at == noon + timedelta(days=30)


def test_the_final_answer_asks_for_a_rating(app, db, alice, dora):
    appeal_id = file_appeal(app, alice)

    as_staff(app, dora, appeal_id, actions.send_final, body="Done.")

    asked = db.scalars(select(RatingRequest)).one()
    assert (asked.subject_id, asked.about_id, asked.about_name) == (appeal_id, dora.id, "Dora D.")
    assert all(p.end == "fulfilled" for p in promises(db, appeal_id).values())


@pytest.mark.parametrize(
    ("hours", "reason", "field"),
    [
        (None, "", "promised_at"),
        (0, "", "promised_at"),
        (-1, "", "promised_at"),
        (49, "x", "promised_at"),
    ],
)
def test_an_interim_answer_names_a_date_within_its_cap(
    app, db, alice, dora, noon, hours, reason, field
):
    appeal_id = file_appeal(app, alice, AppealKind.FAULT)
    until = None if hours is None else noon + timedelta(hours=hours)

    with pytest.raises(RuleError) as refused:
        as_staff(
            app,
            dora,
            appeal_id,
            actions.send_interim,
            body="Wait.",
            promised_at=until,
            reason=reason,
        )

    assert refused.value.field == field
    assert stored(db, appeal_id).length == 1


def test_a_later_date_needs_a_reason(app, db, alice, dora, noon):
    appeal_id = file_appeal(app, alice, AppealKind.FAULT)

    def interim(hours, reason=""):
        until = noon + timedelta(hours=hours)
        as_staff(
            app,
            dora,
            appeal_id,
            actions.send_interim,
            body="Wait.",
            promised_at=until,
            reason=reason,
        )

    interim(10)
    with pytest.raises(RuleError, match="reason"):
        interim(20)
    interim(20, "The part is on its way.")

    repair = promises(db, appeal_id)[("repair", 1)]
    assert (repair.due_at, repair.moved) == (noon + timedelta(hours=20), 1)


def test_an_investigation_lengthens_the_cap(app, db, alice, dora, noon):
    appeal_id = file_appeal(app, alice)
    as_staff(app, dora, appeal_id, actions.open_investigation, reason="Measurements.")

    as_staff(
        app,
        dora,
        appeal_id,
        actions.send_interim,
        body="Wait.",
        promised_at=noon + timedelta(days=14),
        reason="",
    )

    made = promises(db, appeal_id)
    assert (made[("final", 1)].end, made[("final", 2)].rule) == ("replaced", "final_investigation")
    assert made[("final", 2)].due_at == noon + timedelta(days=14)
    with pytest.raises(RuleError, match="already"):
        as_staff(app, dora, appeal_id, actions.open_investigation, reason="Again.")


def test_a_claim_belongs_to_the_first(app, db, alice, dora, eric):
    appeal_id = file_appeal(app, alice)
    as_staff(app, dora, appeal_id, actions.claim)
    as_staff(app, dora, appeal_id, actions.claim)

    with pytest.raises(RuleError, match="colleague"):
        as_staff(app, eric, appeal_id, actions.claim)

    assert stored(db, appeal_id).assignee_id == dora.id


def test_the_customer_closes_what_works_again(app, db, alice):
    appeal_id = file_appeal(app, alice, AppealKind.FAULT)

    as_customer(app, alice, appeal_id, actions.close_as_working)

    made = promises(db, appeal_id)
    assert stored(db, appeal_id).state == "closed"
    assert (made[("repair", 1)].end, made[("interim", 1)].end) == ("fulfilled", "released")


def test_a_note_answers_nothing(app, db, alice, dora):
    appeal_id = file_appeal(app, alice)

    as_staff(app, dora, appeal_id, actions.add_note, body="Port 3/14.")

    assert all(p.is_open for p in promises(db, appeal_id).values())
    assert stored(db, appeal_id).length == 1


@pytest.mark.parametrize("state", [s for s in State if State.ANSWERED not in STEPS[s]])
def test_nothing_is_sent_in_an_appeal_that_is_over(app, db, alice, dora, state):
    appeal_id = file_appeal(app, alice)
    db.get_one(Appeal, appeal_id).state = state
    db.commit()

    with pytest.raises(RuleError, match="over"):
        as_staff(app, dora, appeal_id, actions.answer, body="Hello?")


@pytest.mark.parametrize("body", ["", "   ", "x" * 20_001])
def test_a_message_needs_a_text_of_some_length(app, db, alice, body):
    appeal_id = file_appeal(app, alice)

    with pytest.raises(RuleError) as refused:
        as_customer(app, alice, appeal_id, actions.reply, body=body)

    assert refused.value.field == "body"


def on_facebook(app, received_at):
    with acting(app):
        writer = actions.Writer(
            "Aruzhan S.", "aruzhan.s", "kk", channel=Channel.FACEBOOK, received_at=received_at
        )
        filed = actions.file_appeal(writer, kind=AppealKind.QUESTION, subject="Roaming", body=TEXT)
        return filed.appeal.id


def test_the_first_answer_is_owed_from_the_time_of_receipt(app, db, noon):
    appeal_id = on_facebook(app, noon - timedelta(minutes=3))

    made = promises(db, appeal_id)
    assert stored(db, appeal_id).received_at == noon - timedelta(minutes=3)
    assert made[("first_response", 1)].due_at == noon + timedelta(minutes=7)
    assert made[("final", 1)].due_at == noon + timedelta(hours=24)
    assert len(made) == 3


@pytest.mark.parametrize("days", [None, -1, 31], ids=["none", "to come", "too long ago"])
def test_another_channel_names_when_the_appeal_was_received(app, db, noon, days):
    received_at = None if days is None else noon - timedelta(days=days)

    with pytest.raises(RuleError) as refusal:
        on_facebook(app, received_at)

    assert refusal.value.field == "received_at"
    assert db.scalars(select(Appeal)).all() == []
