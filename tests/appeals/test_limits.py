"""How much may be written and attached: refused in words, and nothing typed is lost."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Account, User
from portal.appeals import actions
from portal.appeals.actions import drafts
from portal.appeals.models import Appeal, Attachment, Draft
from portal.appeals.states import AppealKind, Channel, Proof
from portal.appeals.views.blueprint import check_pace_of_reply
from portal.core import clock
from portal.core.errors import RuleError
from tests.appeals.factories import TEXT, acting, as_staff, file_publicly
from tests.figures.test_counting import as_worker

PDF = b"%PDF-1.7 a paper"


@pytest.fixture
def reader(browser):
    """A visitor whose browser asks for English."""
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return browser


def begin(reader, subject):
    return reader.get("appeals.file_publicly").submit(
        kind="question",
        subject=subject,
        body=TEXT,
        name="N",
        email="n@example.kz",
        language="en",
        button="act=files",
    )


def test_drafts_of_strangers_are_counted_and_the_text_stays(reader, db):
    for place in range(10):
        assert begin(reader, f"Number {place}").status == 200

    page = begin(reader, "One more")

    assert page.status == 422
    assert "written very often" in page.text
    assert (page.value("subject"), page.value("body").strip()) == ("One more", TEXT)
    assert db.scalar(select(func.count()).select_from(Draft)) == 10


def test_keys_are_guessed_at_by_a_network_and_not_by_an_address(reader):
    wrong = {"number": "26-4F7K-3", "key": "no such key"}

    def guess(place):
        address = {"REMOTE_ADDR": f"2001:db8:7::{place:x}"}
        return reader.send(
            "POST", "/appeals/track", data=wrong, token=True, environ_overrides=address
        ).status

    assert [guess(place) for place in range(21)] == [422] * 20 + [429]


def new_draft(session, secret):
    draft = actions.save_draft(None, content={}, secret_hash=secret)
    session.flush()
    return draft


@pytest.mark.parametrize("quota", [drafts.Quota(2, 1000), drafts.Quota(10, 2)])
def test_files_of_an_address_are_counted_whatever_the_draft(app, db, monkeypatch, quota):
    monkeypatch.setattr(drafts, "OF_ADDRESSES", quota)

    def attach(place, sender):
        with acting(app, token=f"secret-{place}") as session:
            draft = new_draft(session, f"secret-{place}")
            actions.attach_bytes(draft, PDF, name="a.pdf", sender=sender)

    attach(1, "address:10.0.0.1")
    attach(2, "address:10.0.0.1")
    with pytest.raises(RuleError, match="Very many files"):
        attach(3, "address:10.0.0.1")
    attach(4, "address:10.0.0.2")

    assert db.scalar(select(func.count()).select_from(Attachment)) == 3


def test_drafts_of_strangers_live_two_days(app, db, alice, noon):
    with acting(app, token="secret") as session:
        new_draft(session, "secret")
    with acting(app, account_id=alice.account_id, user_id=alice.id):
        actions.save_draft(None, content={}, account_id=alice.account_id, user_id=alice.id)

    clock.freeze(noon + timedelta(days=2, minutes=1))
    with as_worker(app, db), acting(app):
        assert actions.drop_old_drafts(most=10) == 1

    assert db.scalars(select(Draft.user_id)).all() == [alice.id]


def test_a_chat_goes_on_after_thirty_lines(app, db, browser, alice, noon):
    browser.log_in(alice)
    page = browser.get("appeals.open_chat", account_id=alice.account_id).submit(body="Hi")
    chat, user = db.scalars(select(Appeal)).one(), db.get_one(User, alice.id)
    for line in range(35):
        clock.freeze(noon + timedelta(seconds=10 * line))
        with app.app_context():
            check_pace_of_reply(chat, user)

    clock.freeze(noon + timedelta(minutes=20))
    page = page.submit(form="#reply", body="And on it goes", button="act=send")
    assert page.status == 200
    with app.app_context():
        for _ in range(9):
            check_pace_of_reply(chat, user)
    page = page.submit(form="#reply", body="Quick", button="act=send")

    assert page.status == 422
    assert "written very often" in page.text
    assert page.value("body").strip() == "Quick"


def test_a_very_long_first_line_of_a_chat_is_refused_and_stays(browser, alice):
    browser.log_in(alice)
    long = "я" * 200_000

    page = browser.get("appeals.open_chat", account_id=alice.account_id).submit(body=long)

    assert page.status == 422
    assert "too long" in page.text
    assert long in page.body


def test_what_is_larger_than_any_form_is_refused_without_a_word_of_files(browser, alice):
    browser.log_in(alice)
    page = browser.get("appeals.open_chat", account_id=alice.account_id)

    page = page.submit(body="x" * (8 * 1024 * 1024))

    assert page.status == 413
    assert "Your message is too long" in page.text
    assert "20 MB" not in page.text


def test_a_new_appeal_is_linked_with_the_ended_one_without_an_account(app, db, reader, dora, noon):
    appeal_id, secret = file_publicly(app)
    as_staff(app, dora, appeal_id, actions.send_final, body="Done.")
    clock.freeze(noon + timedelta(days=11))
    page = reader.get("appeals.show_tracked", secret=secret)
    assert "linked with this one" in page.text

    page = page.follow("Write an appeal")
    assert secret not in page.path
    again = {"kind": "question", "subject": "Again", "body": TEXT, "name": "N"}
    page.submit(**again, email="n@example.kz", language="en", button="act=send")

    later = db.scalars(select(Appeal).where(Appeal.subject == "Again")).one()
    assert later.follows_id == appeal_id
    forged = reader.get("appeals.file_publicly", about="forged").submit(
        **again | {"subject": "Forged"}, email="n@example.kz", language="en", button="act=send"
    )
    assert forged.status == 200
    other = db.scalars(select(Appeal).where(Appeal.subject == "Forged")).one()
    assert other.follows_id is None


def test_the_desk_shows_the_number_that_a_proven_caller_left(app, browser, alice, dora):
    with acting(app, user_id=dora.id, staff=True) as session:
        writer = actions.Writer(
            "Asel",
            "+77015551234",
            "en",
            channel=Channel.PHONE,
            received_at=clock.now(),
            registered_by=session.get_one(User, dora.id),
            account=session.get_one(Account, alice.account_id),
            proof=Proof.FACTS,
        )
        filed = actions.file_appeal(writer, kind=AppealKind.FAULT, subject="Bill", body="Twice.")
        appeal_id = filed.appeal.id
    browser.log_in(dora)

    assert "+77015551234" in browser.get("staff.show_ticket", appeal_id=appeal_id).text
