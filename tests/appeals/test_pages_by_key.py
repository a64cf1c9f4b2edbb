"""Without a contract: number and key are the only way to an appeal."""

import pytest
from sqlalchemy import select

from portal.appeals.models import Appeal
from tests.appeals.factories import file_publicly, stored
from tests.appeals.typed import ODD, picture


@pytest.fixture
def reader(browser):
    """A visitor whose browser asks for English."""
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return browser


def test_somebody_without_a_contract_files_and_tracks(reader, db):
    browser = reader
    page = browser.get("appeals.file_publicly").submit(
        kind="question",
        subject="How to pay",
        body=ODD,
        name="Nursultan",
        email="n@example.kz",
        language="en",
        button="act=send",
    )

    appeal = db.scalars(select(Appeal)).one()
    assert f"registered, number {appeal.number}" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    key = page.path.rsplit("/", 1)[1]
    assert key in page.text
    page = browser.get("appeals.track_appeal").submit(number=appeal.number.lower(), key=key)
    assert page.h1 == "How to pay"


def test_files_go_up_without_a_contract_too(browser, db):
    page = browser.get("appeals.file_publicly").submit(
        kind="question",
        subject="How to pay",
        body="Text",
        name="Nursultan",
        email="n@example.kz",
        language="en",
        button="act=files",
    )
    page = page.submit(form="form[enctype]", file=(picture(), "a.png"))
    page = page.submit(form="form[action$='/send']")

    assert "a.png" in page.text
    page = browser.open(page.path).submit(form="#reply", body="And this", button="act=files")
    page = page.submit(form="form[enctype]", file=(picture("JPEG"), "b.jpg"))
    page = page.submit(form="form[action$='/send']")
    assert "b.jpg" in page.text
    assert "And this" in page.text
    assert browser.open(page.all("a.file")[0].get("href")).status == 200


def test_nobody_is_lured_to_a_draft_of_somebody_else(app, browser, reader):
    page = reader.get("appeals.file_publicly").submit(
        kind="question",
        subject="How to pay",
        body="Text",
        name="Attacker",
        email="a@example.kz",
        language="en",
        button="act=files",
    )
    files, text = page.path, page.all("a[href*='draft=']")[0].get("href")
    assert browser.open(files).status == browser.open(text).status == 200

    reader.log_out()

    assert browser.open(files).status == 404
    assert browser.open(text).status == 404
    assert reader.post("appeals.file_publicly", {"draft_id": "x"}, secret="known").status == 422


@pytest.mark.parametrize(
    ("number", "key"), [("26-0000-0", "x"), ("", ""), ("26-4F7K-3", "\0"), ("no", "yes")]
)
def test_a_wrong_receipt_opens_nothing(app, browser, number, key):
    file_publicly(app)

    page = browser.get("appeals.track_appeal").submit(number=number, key=key)

    assert page.status == 422


def test_number_and_key_must_belong_together(app, db, reader):
    one, _ = file_publicly(app)
    _, other_key = file_publicly(app)

    page = reader.get("appeals.track_appeal").submit(number=stored(db, one).number, key=other_key)

    assert "No appeal has this number and this key" in page.text


def test_whoever_writes_too_often_is_asked_to_wait_and_keeps_his_text(reader):
    for place in range(11):
        page = reader.get("appeals.file_publicly").submit(
            kind="question",
            subject=f"Number {place}",
            body="Text",
            name="N",
            email="n@example.kz",
            language="en",
            button="act=send",
        )

    assert page.status == 422
    assert "written very often" in page.text
    assert page.value("subject") == "Number 10"
