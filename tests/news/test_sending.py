"""Sending an issue through the worker to a real mail server."""

import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import delete, func, select, text

from portal.core.db import digest, transaction
from portal.news import actions
from portal.news.models import Delivery, Issue, Reader, Suppression, UnsubscribeToken
from tests.live import wait_until
from tests.news.factories import make_readers


def send(mailing):
    """Press "Send", as the web process does it."""
    app = mailing.live.app()
    with app.app_context(), transaction(user_id=mailing.cast["fiona"].id, staff=True) as own:
        issue = own.scalar(select(Issue).where(Issue.id == mailing.issue.id))
        own.refresh(issue, ["texts", "newsletter"])
        actions.send_issue(
            issue, gap_reason="", seen=str(issue.version), by=mailing.cast["fiona"].user
        )


def states(mailing):
    mailing.db.rollback()
    query = select(Delivery.state, func.count()).group_by(Delivery.state)
    return dict(mailing.db.execute(query).all())


def deferred(mailing):
    mailing.db.rollback()
    query = select(Delivery).where(Delivery.state == "queued", Delivery.reason.is_not(None))
    return mailing.db.scalars(query).all()


def state_of(mailing):
    mailing.db.rollback()
    mailing.db.expire_all()
    return mailing.db.get(Issue, mailing.issue.id).state


def has_ended(mailing):
    return state_of(mailing) == "sent"


def test_everybody_gets_one_in_his_language_and_those_who_said_no_get_none(mailing):
    people = make_readers(mailing.db, mailing.newsletter, 7)
    mailing.db.execute(delete(Reader).where(Reader.user_id == people[1].id))
    people[2].disabled_at = people[2].created_at
    mailing.db.add(
        Suppression(
            address_hash=digest(people[3].email), reason="asked", created_at=people[3].created_at
        )
    )
    mailing.db.commit()
    mailing.start_sink()
    mailing.live.start_worker()

    send(mailing)
    wait_until(lambda: has_ended(mailing))

    assert states(mailing) == {"sent": 4}
    assert set(mailing.mails) == {f"reader{number}@example.kz" for number in (0, 4, 5, 6)}
    subjects = {to: [each["Subject"] for each in got] for to, got in mailing.mails.items()}
    assert subjects["reader0@example.kz"] == ["Бірге 500"]
    assert subjects["reader4@example.kz"] == ["Вместе 500"]
    assert subjects["reader5@example.kz"] == ["Together 500"]


def test_an_issue_has_the_headers_of_a_newsletter(mailing):
    (reader,) = make_readers(mailing.db, mailing.newsletter, 1)
    mailing.db.commit()
    mailing.start_sink()
    mailing.live.start_worker()

    send(mailing)
    wait_until(lambda: has_ended(mailing))

    (message,) = mailing.mails[reader.email]
    delivery = mailing.db.scalars(select(Delivery)).one()
    secret = message["List-Unsubscribe"].split("/u/")[1].split(">")[0]
    assert message["List-Id"] == '"New services" <new-services.news.kabinet.test>'
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"] == (
        f"<http://localhost/u/{secret}>, <mailto:unsubscribe@kabinet.test?subject={secret}>"
    )
    assert message["Message-ID"] == f"<{delivery.id.hex}@kabinet.test>"
    assert message["Return-Path"] == f"<news+{delivery.id.hex}@kabinet.test>"
    kept = mailing.db.scalars(select(UnsubscribeToken)).one()
    assert (kept.token_hash, kept.user_id) == (digest(secret), reader.id)
    for part in message.iter_parts():
        assert f"http://localhost/u/{secret}" in part.get_content().replace("\r\n", "")


@pytest.mark.long
def test_a_killed_worker_skips_nobody_and_repeats_nobody(mailing):
    people = make_readers(mailing.db, mailing.newsletter, 40)
    mailing.db.commit()
    mailing.start_sink(seconds=0.1)
    worker = mailing.live.start_worker()
    send(mailing)
    wait_until(lambda: len(mailing.mails) >= 8)

    worker.send_signal(signal.SIGKILL)
    worker.wait()
    mailing.live.start_worker()
    wait_until(lambda: has_ended(mailing), patience=60)

    found = states(mailing)
    got = mailing.mails
    uncertain = mailing.db.scalars(
        select(Delivery.user_id).where(Delivery.state == "uncertain")
    ).all()
    listed = {person.email for person in people if person.id in uncertain}
    assert sum(found.values()) == 40
    assert set(found) == {"sent", "uncertain"}
    assert 1 <= len(listed) <= 2  # At most one for each of the two senders.
    assert {person.email for person in people} - set(got) <= listed
    assert all(len(copies) == 1 for copies in got.values())


def test_refusals_are_written_down_and_the_address_is_left_alone(mailing):
    people = make_readers(mailing.db, mailing.newsletter, 3)
    people[0].email, people[1].email = "never@example.kz", "later@example.kz"
    mailing.db.commit()
    mailing.start_sink()
    mailing.live.start_worker()

    send(mailing)
    wait_until(lambda: {"failed", "sent"} <= set(states(mailing)) and deferred(mailing))

    (waiting,) = deferred(mailing)
    assert (waiting.user_id, waiting.reason) == (people[1].id, "deferred 451")
    assert waiting.retry_at > waiting.changed_at
    assert mailing.db.scalars(select(Suppression.address_hash)).all() == [
        digest("never@example.kz")
    ]
    assert not has_ended(mailing)


@pytest.mark.long
def test_a_mail_server_that_is_away_costs_nobody_his_copy(mailing):
    make_readers(mailing.db, mailing.newsletter, 5)
    mailing.db.commit()
    mailing.live.start_worker()

    send(mailing)
    wait_until(lambda: all_senders_wait(mailing))
    mailing.start_sink()
    hurry(mailing)
    wait_until(lambda: has_ended(mailing))

    assert states(mailing) == {"sent": 5}
    assert all(len(copies) == 1 for copies in mailing.mails.values())


@pytest.mark.long
def test_a_pause_stops_and_a_resume_goes_on(mailing):
    make_readers(mailing.db, mailing.newsletter, 30)
    mailing.db.commit()
    mailing.start_sink(seconds=0.1)
    mailing.live.start_worker()
    send(mailing)
    wait_until(lambda: len(mailing.mails) >= 3)

    change(mailing, actions.pause_issue)
    wait_until(lambda: not states(mailing).get("in_flight"))
    at_pause = len(mailing.mails)
    assert at_pause < 30
    change(mailing, actions.resume_issue)
    wait_until(lambda: has_ended(mailing))

    assert states(mailing) == {"sent": 30}
    assert all(len(copies) == 1 for copies in mailing.mails.values())


def change(mailing, action):
    app = mailing.live.app()
    with app.app_context(), transaction(user_id=mailing.cast["fiona"].id, staff=True) as own:
        issue = own.scalar(select(Issue).where(Issue.id == mailing.issue.id))
        action(issue, by=mailing.cast["fiona"].user)


def all_senders_wait(mailing):
    """Say whether every sender has given up for now and one at least comes again later."""
    mailing.db.rollback()
    query = """
        select bool_and(coalesce(scheduled_at > now(), false) and status = 'todo')
        from jobs.procrastinate_jobs where task_name like '%send_deliveries'
    """
    return mailing.db.scalar(text(query))


def hurry(mailing):
    """Let what waits for later be tried now."""
    mailing.db.execute(text("set local search_path = public, jobs"))
    mailing.db.execute(text("update delivery set retry_at = null"))
    mailing.db.execute(text("update procrastinate_jobs set scheduled_at = now()"))
    mailing.db.commit()


def test_two_editors_who_send_at_once_send_once(mailing):
    app, fiona = mailing.live.app(), mailing.cast["fiona"]
    ready = Barrier(2)

    def press():
        with app.app_context(), transaction(user_id=fiona.id, staff=True) as own:
            issue = own.scalar(select(Issue).where(Issue.id == mailing.issue.id))
            own.refresh(issue, ["texts", "newsletter"])
            ready.wait(10)
            actions.send_issue(issue, gap_reason="", seen=str(issue.version), by=fiona.user)

    with ThreadPoolExecutor(2) as two:
        pressed = [two.submit(press) for _ in range(2)]
    failures = [each.exception() for each in pressed]

    jobs = "select count(*) from jobs.procrastinate_jobs where task_name like '%list_deliveries'"
    assert sorted(type(failure).__name__ for failure in failures) == ["NoneType", "StaleDataError"]
    assert mailing.db.scalar(text(jobs)) == 1


def test_who_unsubscribes_while_it_is_being_sent_gets_nothing_more(mailing):
    people = make_readers(mailing.db, mailing.newsletter, 30)
    mailing.db.commit()
    mailing.start_sink(seconds=0.1)
    mailing.live.start_worker()
    send(mailing)
    wait_until(lambda: len(mailing.mails) >= 2)

    mailing.db.execute(delete(Reader))
    mailing.db.commit()
    wait_until(lambda: has_ended(mailing))

    found = states(mailing)
    assert found["withdrawn"] + found["sent"] == len(people)
    assert len(mailing.mails) == found["sent"] < 12


def test_nobody_reads_it_and_it_is_sent_all_the_same(mailing):
    mailing.live.start_worker()

    send(mailing)
    wait_until(lambda: has_ended(mailing))

    assert states(mailing) == {}


def test_a_mailing_that_everybody_refuses_pauses_itself(mailing):
    for number, person in enumerate(make_readers(mailing.db, mailing.newsletter, 80)):
        person.email = f"never@example{number}.kz"
    mailing.db.commit()
    mailing.start_sink()
    mailing.live.start_worker()

    send(mailing)
    wait_until(lambda: state_of(mailing) == "paused")
    wait_until(lambda: not states(mailing).get("in_flight"))

    found = states(mailing)
    assert 25 <= found["failed"] <= 2 * 25
    assert found["queued"] == 80 - found["failed"]
