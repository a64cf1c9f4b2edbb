"""A specialist sends files with what he writes, under the checks that customers have."""

import io

import pytest
from sqlalchemy import select

from portal.appeals.models import Appeal, Attachment, Draft, Message
from tests.appeals.factories import file_appeal, stored
from tests.appeals.typed import picture

PDF = b"%PDF-1.7 an act of repair"
FORM = "#answer-form"


def files_on_disk(app):
    folder = app.config["SETTINGS"].files_dir
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def ticket(app, browser, alice, dora):
    appeal_id = file_appeal(app, alice)
    browser.log_in(dora)
    return browser.get("staff.show_ticket", appeal_id=appeal_id)


def answer(page, *files, kind="message", **fields):
    return page.submit(form=FORM, kind=kind, body="See the act.", files=list(files), **fields)


def test_files_go_with_an_answer_and_the_customer_gets_them(db, browser, ticket, alice):
    page = answer(ticket, (io.BytesIO(PDF), "act.pdf"), (picture(), "lamp.png"))

    assert page.status == 200
    assert page.text.count("not scanned for viruses") == 2
    last = db.scalars(select(Message).order_by(Message.position.desc())).first()
    kept = db.scalars(select(Attachment).order_by(Attachment.id)).all()
    assert [file.name for file in kept] == ["act.pdf", "lamp.png"]
    assert last.files == [file.sha256 for file in kept]
    assert db.scalars(select(Draft)).all() == []
    browser.log_in(alice)
    own = browser.get("appeals.show_appeal", account_id=alice.account_id, appeal_id=last.appeal_id)
    assert "not scanned" not in own.text
    got = browser.open(own.all("a.file")[0].get("href"))
    assert (got.status, got.response.get_data()) == (200, PDF)


@pytest.mark.parametrize(
    ("kind", "files", "words"),
    [
        ("message", [(PDF, "a.pdf"), (b"MZ a program", "b.pdf")], "Only PDF, JPEG, PNG and WebP"),
        ("message", [(PDF, "a.pdf")] * 11, "10 files are the most"),
        ("note", [(PDF, "a.pdf")], "A note takes no files"),
        ("interim", [(PDF, "a.pdf")], "Name the day and time"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(app, db, ticket, kind, files, words):
    before = files_on_disk(app)

    page = answer(ticket, *[(io.BytesIO(raw), name) for raw, name in files], kind=kind)

    assert page.status == 422
    assert words in page.text
    assert page.value("body").strip() == "See the act."
    assert files_on_disk(app) == before
    assert db.scalars(select(Message.position)).all() == [1]


def test_files_come_with_an_appeal_that_is_registered(db, browser, dora):
    browser.log_in(dora)
    page = browser.get("staff.register_appeal").submit(
        form="form[method=post][enctype]",
        channel="office",
        received_at="2026-11-20T11:00",
        kind="complaint",
        subject="Bill",
        body="Twice.",
        name="Asel",
        address="+77015551234",
        language="ru",
        files=[(io.BytesIO(PDF), "bill.pdf")],
    )

    assert page.status == 200
    appeal = db.scalars(select(Appeal)).one()
    assert stored(db, appeal.id).length == 1
    assert db.scalars(select(Attachment.name)).all() == ["bill.pdf"]
