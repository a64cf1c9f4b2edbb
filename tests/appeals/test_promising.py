"""What specialists promise stays promised: by phone too, after a breach, when clocks differ."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import User
from portal.appeals import actions, queries
from portal.appeals.states import AppealKind, Channel, State
from portal.core import clock
from portal.core.errors import RuleError
from portal.staff.models import QueueEntry
from tests.appeals.factories import acting, as_customer, as_staff, file_appeal, stored
from tests.appeals.test_actions import promises


def write_down(app, dora, channel=Channel.PHONE, kind=AppealKind.COMPLAINT):
    """Register an appeal of somebody who called or came; return its id."""
    with acting(app, user_id=dora.id, staff=True) as session:
        by = session.get_one(User, dora.id)
        writer = actions.Writer(
            "Asel", "+77015551234", "en", channel=channel, received_at=clock.now(), registered_by=by
        )
        return actions.file_appeal(writer, kind=kind, subject="Bill", body="Twice.").appeal.id


@pytest.fixture
def promise(app, dora):
    """Return a function that sends an interim answer with a date."""

    def promise(appeal_id, until, reason=""):
        sent = {"body": "We look.", "promised_at": until, "reason": reason}
        as_staff(app, dora, appeal_id, actions.send_interim, **sent)

    return promise


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.OFFICE])
def test_a_call_with_an_interim_answer_stays_promised_and_in_the_queue(
    app, db, dora, noon, promise, channel
):
    appeal_id = write_down(app, dora, channel)

    with pytest.raises(RuleError, match="investigation"):
        promise(appeal_id, noon + timedelta(days=400))
    promise(appeal_id, noon + timedelta(hours=20))

    final = promises(db, appeal_id)["final", 1]
    assert (final.rule, final.due_at, final.end) == (
        "final_simple",
        noon + timedelta(hours=20),
        None,
    )
    assert db.get_one(QueueEntry, appeal_id).due_at == final.due_at
    verified = app.test_cli_runner().invoke(args=["sla", "verify"])
    assert verified.output == "1 subjects, 0 differences\n"


def test_an_extension_moves_the_date_that_was_named(app, db, browser, alice, dora, noon, promise):
    appeal_id = file_appeal(app, alice, AppealKind.COMPLAINT)
    as_staff(app, dora, appeal_id, actions.open_investigation, reason="Sums.")
    promise(appeal_id, noon + timedelta(days=5))

    as_staff(app, dora, appeal_id, actions.extend_investigation, reason="The bank is slow.")

    final = promises(db, appeal_id)["final", 2]
    assert (final.due_at, final.moved) == (noon + timedelta(days=30), 1)
    browser.log_in(alice)
    page = browser.get("appeals.show_appeal", account_id=alice.account_id, appeal_id=appeal_id)
    assert "The bank is slow." in page.text


def test_after_a_breach_each_later_time_has_its_reason(app, db, alice, dora, noon, promise):
    appeal_id = file_appeal(app, alice, AppealKind.FAULT)
    clock.freeze(noon + timedelta(hours=50))

    with pytest.raises(RuleError, match="reason"):
        promise(appeal_id, noon + timedelta(hours=60))
    promise(appeal_id, noon + timedelta(hours=60), "The part is late.")
    with pytest.raises(RuleError, match="reason"):
        promise(appeal_id, noon + timedelta(hours=70))
    promise(appeal_id, noon + timedelta(hours=55))

    assert promises(db, appeal_id)["repair", 1].moved == 1


def test_a_clock_that_is_a_second_behind_loses_no_reply(app, db, alice, dora, noon):
    appeal_id = file_appeal(app, alice, AppealKind.COMPLAINT)
    as_staff(app, dora, appeal_id, actions.open_investigation, reason="Sums.")
    as_staff(app, dora, appeal_id, actions.answer, body="Which?", asks=True)
    clock.freeze(noon - timedelta(seconds=1))

    as_customer(app, alice, appeal_id, actions.reply, body="This one.")

    assert (stored(db, appeal_id).state, stored(db, appeal_id).length) == (State.IN_PROGRESS, 3)


def test_reopening_a_call_keeps_nothing_by_itself(app, db, dora, noon):
    appeal_id = write_down(app, dora)
    as_staff(app, dora, appeal_id, actions.send_final, body="Done.")
    clock.freeze(noon + timedelta(days=1))

    with acting(app, user_id=dora.id, staff=True):
        actions.reply(queries.appeal_for_staff(appeal_id, lock=True), body="No.", by=None)

    made = promises(db, appeal_id)
    assert {place for place in made if place[0].endswith("response")} == {
        ("first_response", 1),
        ("next_response", 1),
    }
    assert made["next_response", 1].end is None
    entries = db.scalars(select(QueueEntry.id)).all()
    assert entries == [appeal_id]
