"""What only real commits and real roles can show."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from portal.accounts.models import User
from portal.appeals import actions, chain, queries
from portal.appeals.models import Appeal, Message, MessageBody, Tombstone
from portal.core import clock, events, ids
from portal.core.audit import AuditEvent
from portal.core.errors import RuleError
from portal.events import OrderFailed
from portal.feedback.models import Rating, RatingRequest
from tests.appeals.factories import acting, as_staff, file_appeal
from tests.browser import Browser
from tests.cast import make_cast
from tests.live import wait_until

CHANGES = [
    "update message set own = ''",
    "update message set at = now()",
    "delete from message",
    "truncate message cascade",
    "update message_body set body = 'nothing was said'",
    "delete from message_body",
    "delete from promise_event",
    "update promise_event set at = at - interval '1 day'",
    "update rating set score = 5",
    "delete from rating",
    "insert into message_tombstone select gen_random_uuid(), id, 'so', now(), null from message",
    "select erase_message(gen_random_uuid(), (select id from message limit 1), 'so', now(), null)",
]


@pytest.fixture
def people(live):
    return make_cast(live.session())


@pytest.fixture
def conversation(live, people):
    """An appeal with three messages, and what came of it, committed."""
    app = live.app()
    appeal_id = file_appeal(app, people["alice"])
    as_staff(app, people["dora"], appeal_id, actions.answer, body="We look at it.")
    as_staff(app, people["dora"], appeal_id, actions.send_final, body="Done.")
    with acting(app, staff=True) as session:
        session.add(
            Rating(
                request_id=session.scalars(select(RatingRequest.id)).one(),
                account_id=people["alice"].account_id,
                score=1,
                comment="",
                given_at=session.scalars(select(Appeal.received_at)).one(),
            )
        )
    return appeal_id


OF_THE_OWNER = CHANGES[:-2]  # The owner of the tables may write a tombstone: that shows.
OF_THE_WORKER = CHANGES[:-1]  # The worker is the one who erases, when the law demands it.


@pytest.mark.parametrize(
    ("role", "statements"),
    [
        ("kabinet_app", CHANGES),
        ("kabinet_worker", OF_THE_WORKER),
        ("kabinet_owner", OF_THE_OWNER),
    ],
)
def test_nobody_changes_what_was_said(live, conversation, role, statements):
    with live.session(role) as session:
        session.execute(text("select set_config('app.staff', 'on', true)"))
        assert session.scalar(text("select count(*) from message")) == 3

        for statement in statements:
            with (
                pytest.raises(ProgrammingError, match=r"permission denied|not possible|only"),
                session.begin_nested(),
            ):
                session.execute(text(statement))

        assert session.scalar(text("select count(*) from message_body")) == 3


def test_a_stranger_sees_nothing_even_without_a_where_clause(live, people, conversation):
    with live.session("kabinet_app") as session:
        bob = people["bob"].account_id
        session.execute(text("select set_config('app.account_id', :id, true)"), {"id": str(bob)})

        for table in (
            "appeal",
            "message",
            "message_body",
            "contact",
            "promise",
            "promise_event",
            "rating",
            "rating_request",
        ):
            assert session.scalar(text(f"select count(*) from {table}")) == 0  # noqa: S608


def test_erasure_by_law_leaves_a_tombstone_and_the_chain_holds(live, conversation):
    worker = live.app("kabinet_worker")
    with live.session() as session:
        message_id = session.scalars(select(Message.id).where(Message.position == 2)).one()

    with acting(worker):
        assert actions.erase_text(message_id, reason="A court decided so.", by_id=None)
    with acting(worker):
        assert not actions.erase_text(message_id, reason="Again.", by_id=None)

    with acting(worker) as session:
        appeal = session.get_one(Appeal, conversation)
        messages = queries.conversation(appeal)
        assert messages[1].body is None
        assert messages[1].tombstone.reason == "A court decided so."
        assert chain.first_break(message.link for message in messages) is None


def test_an_erasure_is_ordered_by_hand_and_done_by_the_worker(live, conversation):
    runner = live.app().test_cli_runner()
    with live.session() as session:
        number = session.scalars(select(Appeal.number)).one()
    wrong = runner.invoke(args=["appeals", "erase-text", number, "9", "--reason", "Court"])
    assert wrong.exit_code == 1

    ordered = runner.invoke(args=["appeals", "erase-text", number, "2", "--reason", "Court"])
    live.start_worker()

    assert ordered.exit_code == 0, ordered.output
    with live.session() as session:
        reasons = wait_until(lambda: session.scalars(select(Tombstone.reason)).all())
        assert reasons == ["Court"]
        assert len(session.scalars(select(MessageBody)).all()) == 2
    assert runner.invoke(args=["appeals", "verify"]).exit_code == 0


def test_a_change_by_the_superuser_shows(live, people, conversation):
    app = live.app()
    runner = app.test_cli_runner()
    assert runner.invoke(args=["appeals", "verify"]).exit_code == 0
    with live.session("admin") as session:
        session.execute(text("set session_replication_role = replica"))  # turns triggers off
        session.execute(text("update message_body set body = 'nothing was promised'"))
        session.commit()

    told = runner.invoke(args=["appeals", "verify"])

    assert told.exit_code == 1
    assert "message 2: the text was changed" in told.output


def test_a_receipt_no_longer_fits_after_a_change(live, people, conversation):
    app = live.app()
    with live.session() as session:
        appeal = session.get_one(Appeal, conversation)
        number, head = appeal.number, chain.short(appeal.head)
        browser = Browser(app, session)
        browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        before = browser.get("appeals.check_receipt", number=number, head=head)
    with live.session("admin") as session:
        session.execute(text("set session_replication_role = replica"))
        session.execute(text("update message set at = at + interval '1 hour' where position = 1"))
        session.commit()
        after = browser.get("appeals.check_receipt", number=number, head=head)
        foreign = browser.get("appeals.check_receipt", number=number, head="0" * 16)

    assert "message 3 of 3. Nothing was changed or removed" in before.text
    assert "The conversation was changed" in after.text
    assert "No conversation holds this receipt" in foreign.text


def test_of_two_who_take_an_appeal_at_once_one_wins_and_the_other_is_told(live, people):
    app = live.app()
    appeal_id = file_appeal(app, people["alice"])
    start = Barrier(2)

    def take(person):
        start.wait()
        try:
            as_staff(app, person, appeal_id, actions.claim)
        except RuleError as told:
            return str(told)
        return "mine"

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(take, [people["dora"], people["eric"]]))

    assert sorted(answers) == ["A colleague has taken this appeal just before you.", "mine"]


def test_messages_at_once_stay_one_chain(live, people):
    app = live.app()
    appeal_id = file_appeal(app, people["alice"])
    start = Barrier(4)

    def write(place):
        start.wait()
        as_staff(app, people["dora"], appeal_id, actions.answer, body=f"Answer {place}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))

    with live.session() as session:
        appeal = session.get_one(Appeal, appeal_id)
        messages = session.scalars(select(Message).order_by(Message.position)).all()
        assert [message.position for message in messages] == [1, 2, 3, 4, 5]
        assert chain.first_break(message.link for message in messages) is None
        assert appeal.head == messages[-1].own


def test_who_looked_is_written_down_although_the_page_only_reads(live, people, conversation):
    app = live.app()
    with live.session() as session:
        browser = Browser(app, session)
        browser.log_in(people["dora"])
        browser.get("staff.show_ticket", appeal_id=conversation)

        seen = session.scalars(
            select(AuditEvent).where(AuditEvent.kind == "staff.customer_viewed")
        ).one()
        assert seen.actor_id == people["dora"].id
        browser.log_in(people["alice"])
        page = browser.get(
            "appeals.show_appeal", account_id=people["alice"].account_id, appeal_id=conversation
        )

    assert "Specialists opened your facts for this appeal 1 time" in page.text


def test_forgotten_drafts_go_with_their_files(live, people, tmp_path):
    app, worker = live.app(), live.app("kabinet_worker")
    alice = people["alice"]
    with acting(app, account_id=alice.account_id, user_id=alice.id) as session:
        draft = actions.save_draft(None, content={}, account_id=alice.account_id, user_id=alice.id)
        session.flush()
        actions.attach_file(draft, stream=io.BytesIO(b"%PDF-1.7"), name="a.pdf")
    folder = app.config["SETTINGS"].files_dir
    assert [path for path in folder.rglob("*") if path.is_file()]
    with acting(worker):
        assert actions.drop_old_drafts(most=10) == 0

    clock.freeze(clock.now() + timedelta(days=31))
    with acting(worker):
        assert actions.drop_old_drafts(most=10) == 1

    assert not [path for path in folder.rglob("*") if path.is_file()]


def test_the_promises_follow_from_their_events(live, conversation):
    runner = live.app().test_cli_runner()
    whole = runner.invoke(args=["sla", "verify"])
    with live.session() as session:
        session.execute(text("update promise set due_at = due_at + interval '1 hour'"))
        session.commit()

    bent = runner.invoke(args=["sla", "verify"])

    assert (whole.exit_code, bent.exit_code) == (0, 1)
    assert "0 differences" in whole.output
    assert "stored" in bent.output


def test_an_order_that_fails_opens_a_fault(live, people):
    worker = live.app("kabinet_worker")
    with acting(worker):
        events.publish(
            OrderFailed(people["alice"].account_id, ids.uuid7(), "26-4F7K-3", people["alice"].id)
        )

    with live.session() as session:
        appeal = session.scalars(select(Appeal)).one()
        user = session.get_one(User, people["alice"].id)
        body = session.scalars(select(MessageBody.body)).one()
    assert (appeal.kind, appeal.account_id) == ("fault", people["alice"].account_id)
    assert "26-4F7K-3" in body
    assert user.language == "en"
    assert "portal opened" in body
