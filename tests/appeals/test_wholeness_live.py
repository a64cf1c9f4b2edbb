"""Whoever can turn off every trigger is still told on: by the page and by the command."""

import pytest
from sqlalchemy import select, text

from portal.appeals import actions, chain
from portal.appeals.models import Appeal, Attachment, Message
from portal.appeals.states import AppealKind
from portal.feedback.models import RatingRequest
from portal.notify.models import Notification
from tests.appeals.factories import acting, as_staff, writer_of
from tests.browser import Browser
from tests.cast import make_cast

CHANGES = """
    update message_body set body = 'nothing was promised' where message_id = {0[0]};
    delete from message_body where message_id = {0[1]};
    update attachment set sha256 = repeat('0', 64) where message_id = {0[2]};
    delete from attachment where message_id = {0[3]};
    update attachment set name = 'contract.pdf' where message_id = {0[5]};
"""


@pytest.fixture
def people(live):
    return make_cast(live.session())


def with_file(session, person, name):
    account_id = person.account_id
    draft = actions.save_draft(None, content={}, account_id=account_id, user_id=person.id)
    session.flush()
    actions.attach_bytes(draft, b"%PDF-1.7 identity card", name=name, sender="")
    session.flush()
    session.refresh(draft, ["attachments"])
    return draft


@pytest.fixture
def conversation(live, people):
    """Six messages of the customer; each but the first two has a file."""
    alice = people["alice"]
    with acting(live.app(), account_id=alice.account_id, user_id=alice.id) as session:
        writer = writer_of(session, alice)
        appeal = actions.file_appeal(
            writer, kind=AppealKind.FAULT, subject="Subject", body="Message 1"
        ).appeal
        for place in range(2, 7):
            draft = with_file(session, alice, f"{place}.pdf") if place > 2 else None
            actions.reply(appeal, body=f"Message {place}", by=writer.user, draft=draft)
        return appeal.id


def receipt(live, conversation):
    with live.session() as session:
        appeal = session.get_one(Appeal, conversation)
        browser = Browser(live.app(), session)
        browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        head = chain.short(appeal.head)
        return browser.get("appeals.check_receipt", number=appeal.number, head=head).text


def change_all(live):
    """Turn all triggers off, change each message in another way, and remove a file."""
    with live.session() as session:
        messages = session.scalars(select(Message.id).order_by(Message.position)).all()
        kept = select(Attachment.key).where(Attachment.message_id == messages[4])
        key = session.scalars(kept).one()
    with live.session("admin") as session:
        session.execute(text("set session_replication_role = replica"))
        session.execute(text(CHANGES.format([f"'{message}'" for message in messages])))
        session.commit()
    (live.app().config["SETTINGS"].files_dir / key).unlink()


def rename(session):
    session.execute(text("set session_replication_role = replica"))
    session.execute(text("update attachment set name = 'older.pdf'"))


def as_in_format_1(live):
    """Rename the files and hash the conversation again as it was hashed before names were in it."""
    with live.session("admin") as session:
        rename(session)
        before = chain.GENESIS
        for message in session.scalars(select(Message).order_by(Message.position)):
            message.format, message.labels, message.before = 1, [], before
            message.own = before = chain.link_hash(message.link)
        session.execute(text("update appeal set head = :head"), {"head": before})
        session.commit()


def seen_by(live, person, endpoint, **asked):
    with live.session() as session:
        browser = Browser(live.app(), session)
        browser.log_in(person)
        return browser.get(f"appeals.{endpoint}", account_id=person.account_id, **asked)


def test_each_change_is_told_by_the_page_and_by_the_command(live, people, conversation):
    runner = live.app().test_cli_runner()
    whole, fits = runner.invoke(args=["appeals", "verify"]), receipt(live, conversation)
    assert whole.exit_code == 0, whole.output
    assert "Nothing was changed or removed" in fits

    change_all(live)

    told, page = runner.invoke(args=["appeals", "verify"]), receipt(live, conversation)
    assert told.exit_code == 1
    assert [line.partition(": ")[2] for line in told.output.splitlines()[:-1]] == [
        "message 1: the text was changed",
        "message 2: the text is missing, and no erasure is written down",
        "message 3: the list of files was changed",
        "message 4: the list of files was changed",
        "message 5: a file is missing, or was changed",
        "message 6: a file was renamed, or shown as another type",
    ]
    assert "The conversation was changed" in page
    assert "first at message 1" in page
    own = seen_by(live, people["alice"], "show_appeal", appeal_id=conversation)
    assert "The text of this message is missing" in own.text
    assert "A file of this message is missing" in own.text


def test_an_erasure_takes_the_files_and_the_chain_holds(live, people, conversation):
    app, alice = live.app(), people["alice"]
    with live.session() as session:
        erased = session.scalars(select(Message.id).where(Message.position == 3)).one()
        file = session.scalars(select(Attachment).where(Attachment.message_id == erased)).one()
    path = app.config["SETTINGS"].files_dir / file.key
    assert path.exists()

    with acting(live.app("kabinet_worker")):
        assert actions.erase_text(erased, reason="A court decided so.", by_id=None)
        assert not actions.erase_text(erased, reason="Again.", by_id=None)

    assert not path.exists()
    told = app.test_cli_runner().invoke(args=["appeals", "verify"])
    assert told.exit_code == 0, told.output
    assert "Nothing was changed or removed" in receipt(live, conversation)
    page = seen_by(live, alice, "show_appeal", appeal_id=conversation)
    assert "Its files were erased with it." in page.text
    asked = {"appeal_id": conversation, "attachment_id": file.id}
    assert seen_by(live, alice, "download_file", **asked).status == 404
    with live.session() as session:
        emptied = session.get_one(Attachment, file.id)
        assert (emptied.name, emptied.size, emptied.sha256) == ("", 0, file.sha256)


def test_a_renamed_file_is_told_to_whoever_holds_the_receipt(live, conversation):
    with live.session("admin") as session:
        rename(session)
        session.commit()

    assert "first at message 3" in receipt(live, conversation)


def test_what_was_hashed_without_names_still_verifies(live, conversation):
    as_in_format_1(live)

    told = live.app().test_cli_runner().invoke(args=["appeals", "verify"])

    assert told.exit_code == 0, told.output
    assert "Nothing was changed or removed" in receipt(live, conversation)


@pytest.mark.parametrize(("place", "subject"), [(1, "Fault"), (3, "Subject")])
def test_an_erased_first_message_takes_its_subject(live, people, conversation, place, subject):
    as_staff(live.app(), people["dora"], conversation, actions.answer, body="We look at it.")
    as_staff(live.app(), people["dora"], conversation, actions.send_final, body="Done.")
    with live.session() as session:
        erased = session.scalars(select(Message.id).where(Message.position == place)).one()

    with acting(live.app("kabinet_worker")):
        assert actions.erase_text(erased, reason="A court decided so.", by_id=None)
        assert not actions.erase_text(erased, reason="Again.", by_id=None)

    with live.session() as session:
        assert session.get_one(Appeal, conversation).subject == subject
        assert set(session.scalars(select(RatingRequest.title))) == {subject}
        told = session.scalars(select(Notification.values)).all()
        assert {values["topic"] for values in told if "topic" in values} == {subject}
    assert "Nothing was changed or removed" in receipt(live, conversation)


@pytest.mark.long
def test_a_sent_file_is_emptied_by_the_law_only(live, people, conversation):
    emptying = "update attachment set name = '', key = '', size = 0"
    as_staff(live.app(), people["dora"], conversation, actions.answer, body="We look at it.")
    with live.session("kabinet_owner") as session:
        with pytest.raises(Exception, match="is not changed"), session.begin_nested():
            session.execute(text(emptying))
        with pytest.raises(Exception, match="is not changed"), session.begin_nested():
            session.execute(text("delete from attachment"))
