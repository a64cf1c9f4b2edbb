"""A customer files: the form, its files, what is wrong said in words."""

import io

import pytest
from sqlalchemy import func, select

from portal.appeals.models import Appeal, Attachment, Draft, Message
from tests.appeals.typed import ODD, new_form, picture


def send_file(browser, page, content):
    """Post a file as bytes: the test client would leave a large one open on the disk."""
    token = page.value("csrf_token")
    body = b"--edge\r\nContent-Disposition: form-data; name=csrf_token\r\n\r\n" + token.encode()
    body += b"\r\n--edge\r\nContent-Disposition: form-data; name=file; filename=photo.jpg\r\n\r\n"
    body += content + b"\r\n--edge--\r\n"
    kind = "multipart/form-data; boundary=edge"
    return browser.send("POST", page.path, data=body, content_type=kind, follow=True)


def test_a_customer_files_a_fault_and_sees_the_promises(browser, db, alice):
    browser.log_in(alice)

    page = new_form(browser, alice).submit(
        kind="fault", subject="Evening trouble", body=ODD, button="act=send"
    )

    appeal = db.scalars(select(Appeal)).one()
    assert page.h1 == "Evening trouble"
    assert f"registered, number {appeal.number}" in page.text
    assert ODD in page.text
    assert "We answer by 22 November, 24:00" in page.text
    assert "We repair it by 24 November, 17:00" in page.text
    assert "Repair: running" in page.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"kind": "fault", "subject": "", "body": "Text"}, "in a few words"),
        ({"kind": "fault", "subject": "Trouble", "body": ""}, "Write what happened"),
        ({"kind": "fault", "subject": "Trouble", "body": "x" * 20_001}, "too long"),
        ({"kind": "fault", "subject": "x" * 121, "body": "Text"}, "too long"),
        ({"kind": "fault", "subject": "Trouble", "body": "a\0b"}, "control characters"),
        ({"kind": "spam", "subject": "Trouble", "body": "Text"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(browser, db, alice, typed, words):
    browser.log_in(alice)

    page = new_form(browser, alice).submit(**typed, button="act=send")

    assert page.status == 422
    assert words.lower() in page.text.lower()
    if "\0" not in typed["body"]:
        assert page.value("body").strip() == typed["body"]
    assert db.scalar(select(func.count()).select_from(Appeal)) == 0


def test_a_second_press_files_nothing_twice(browser, db, alice):
    browser.log_in(alice)
    form = new_form(browser, alice)

    for _ in range(2):
        page = form.submit(kind="fault", subject="Evening trouble", body="Text", button="act=send")

    assert page.h1 == "Evening trouble"
    assert db.scalar(select(func.count()).select_from(Appeal)) == 1


def test_files_go_up_one_by_one_and_with_the_appeal(browser, db, alice):
    browser.log_in(alice)
    page = new_form(browser, alice).submit(
        kind="fault", subject="Evening trouble", body="Look", button="act=files"
    )
    page = page.submit(form="form[enctype]", file=(picture(), "red lamp.png"))
    page = page.submit(form="form[enctype]", file=(io.BytesIO(b"%PDF-1.7 speed"), "speed.pdf"))
    assert "Files: 2 of 10" in page.text

    page = page.submit(form="form[action$='/send']")

    message = db.scalars(select(Message)).one()
    assert "red lamp.png" in page.text
    assert "speed.pdf" in page.text
    assert len(message.files) == 2
    assert db.scalar(select(func.count()).select_from(Draft)) == 0
    file = page.follow("red lamp.png")
    assert file.headers["Content-Disposition"] == 'attachment; filename="red lamp.png"'
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ a program", "Only PDF"),
        (b"", "empty"),
        (b"%PDF-" + b"0" * (20 * 1024 * 1024), "larger than 20 MB"),
        (b"%PDF-" + b"0" * (22 * 1024 * 1024), "larger than 20 MB"),
    ],
)
def test_a_wrong_file_is_refused_and_the_text_stays(browser, db, alice, content, words):
    browser.log_in(alice)
    page = new_form(browser, alice).submit(
        kind="fault", subject="Evening trouble", body="My long story", button="act=files"
    )

    page = send_file(browser, page, content)

    assert words in page.text
    assert "My long story" in page.text
    assert db.scalar(select(func.count()).select_from(Attachment)) == 0


def test_the_eleventh_file_is_refused(browser, db, alice):
    browser.log_in(alice)
    page = new_form(browser, alice).submit(
        kind="fault", subject="Evening trouble", body="Text", button="act=files"
    )
    for place in range(11):
        page = page.submit(form="form[enctype]", file=(picture(), f"{place}.png"))

    assert "10 files are the most" in page.text
    assert db.scalar(select(func.count()).select_from(Attachment)) == 10


def test_a_file_can_be_removed_and_the_text_changed(browser, db, alice):
    browser.log_in(alice)
    page = new_form(browser, alice).submit(
        kind="fault", subject="Evening trouble", body="First", button="act=files"
    )
    page = page.submit(form="form[enctype]", file=(picture(), "a.png"))
    page = page.submit(form="form[action$='/remove']")
    assert "Files: 0 of 10" in page.text

    page = page.follow("Change the text")
    assert page.value("body").strip() == "First"
    page = page.submit(body="Second", button="act=send")

    assert "Second" in page.text
