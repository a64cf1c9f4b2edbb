"""Who sends a fault by its page of files, or begins a chat, is asked of a known outage first."""

import pytest
from sqlalchemy import func, select

from portal.appeals.models import Appeal, Draft, Message
from portal.appeals.outages.models import OutageLink
from tests.appeals.outages.factories import CAUSE, add_outage
from tests.appeals.typed import picture

FAULT = {"kind": "fault", "subject": "No internet", "body": "The red lamp is on."}
NURSULTAN = {"name": "Nursultan", "email": "n@example.kz", "language": "en", "city": "almaty"}
SEND = {"form": "#send", "button": "act=send"}
WORDS = "My television shows nothing."


@pytest.fixture
def outage(db, dora):
    it = add_outage(db, dora.id)
    db.commit()
    return it


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))


def with_file(form, **typed):
    """Type an appeal and attach a picture; return the page of its files."""
    page = form.submit(button="act=files", **typed)
    return page.submit(form="form[enctype]", file=(picture(), "lamp.png"))


def files_of(browser, person, **typed):
    browser.log_in(person)
    form = browser.get("appeals.file_appeal", account_id=person.account_id)
    return with_file(form, **FAULT | typed)


def follow(browser, page):
    """Press “Follow it”, which sends the same form to another address."""
    button = page.one("button[formaction]")
    sent = {field.get("name"): field.get("value") for field in page.all("#send input")}
    typed = {field.get("name"): field.text for field in page.all("form textarea")}
    sent |= {field.get("name"): field.get("value") for field in page.all("form input[type=hidden]")}
    return browser.send("POST", button.get("formaction"), data=sent | typed, follow=True)


def test_a_fault_with_files_is_asked_about_and_follows_with_all_of_it(browser, db, alice, outage):
    asked = files_of(browser, alice).submit(**SEND)

    assert asked.status == 422
    assert CAUSE["en"] in asked.one("#outage").text_content()
    assert FAULT["body"] in asked.text
    assert "lamp.png" in asked.text
    assert count(db, Appeal) == 0

    followed = follow(browser, asked)

    assert followed.h1 == FAULT["subject"]
    assert FAULT["body"] in followed.text
    assert "lamp.png" in followed.text
    assert (count(db, OutageLink), count(db, Draft)) == (1, 0)


def test_with_its_files_it_may_be_something_else(browser, db, alice, outage):
    asked = files_of(browser, alice).submit(**SEND)

    page = asked.submit(form="#send", button="act=other")

    assert page.h1 == FAULT["subject"]
    assert "lamp.png" in page.text
    assert (count(db, OutageLink), count(db, Appeal)) == (0, 1)


def test_only_a_fault_with_files_is_asked_about(browser, db, alice, outage):
    page = files_of(browser, alice, kind="question")

    assert page.all("#outage") == []
    assert page.submit(**SEND).h1 == FAULT["subject"]


def test_what_ended_meanwhile_loses_neither_text_nor_files(browser, db, noon, alice, outage):
    asked = files_of(browser, alice).submit(**SEND)
    outage.ended_at, outage.end = noon, "restored"
    db.commit()

    refused = follow(browser, asked)

    assert "This outage is over" in refused.text
    assert refused.value("body").strip() == FAULT["body"]
    assert "1 file goes with it" in refused.text
    assert count(db, Appeal) == 0


def test_who_has_no_contract_is_asked_on_the_page_of_files_too(browser, db, outage):
    form = browser.get("appeals.file_publicly", lang="en")

    asked = with_file(form, **FAULT, **NURSULTAN).submit(**SEND)
    assert asked.status == 422
    assert count(db, Appeal) == 0
    followed = asked.submit(form="#send", button=f"act=follow {outage.id}")

    assert followed.h1 == FAULT["subject"]
    assert "lamp.png" in followed.text
    assert count(db, OutageLink) == count(db, Appeal) == 1


def test_who_begins_a_chat_is_asked_and_follows_with_his_words(browser, db, alice, outage):
    browser.log_in(alice)
    form = browser.get("appeals.open_chat", account_id=alice.account_id)

    asked = form.submit(body=WORDS, button="act=send")

    assert asked.status == 422
    assert CAUSE["en"] in asked.one("#outage").text_content()
    assert asked.value("body").strip() == WORDS
    assert count(db, Appeal) == 0
    followed = follow(browser, asked)
    assert WORDS in followed.text
    assert count(db, OutageLink) == 1


def test_a_chat_may_be_about_something_else_and_goes_on_unasked(browser, db, alice, outage):
    browser.log_in(alice)
    form = browser.get("appeals.open_chat", account_id=alice.account_id)

    page = form.submit(body=WORDS, button="act=send").submit(button="act=other")
    assert WORDS in page.text
    form.submit(body="From the computer.", button="act=send")

    assert count(db, Message) == 2
    assert (count(db, OutageLink), count(db, Appeal)) == (0, 1)
