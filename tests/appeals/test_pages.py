import io
from datetime import timedelta
from decimal import Decimal

import pytest
from PIL import Image
from sqlalchemy import func, select

from portal.appeals import actions
from portal.appeals.models import Appeal, Attachment, Draft, Message
from portal.appeals.states import AppealKind
from portal.appeals.timekeeping.models import AppealCredit
from portal.core import clock, ids
from tests.appeals.factories import (
    acting,
    as_customer,
    as_staff,
    file_appeal,
    file_publicly,
    stored,
    writer_of,
)

ODD = "Ә Ғ Қ 🙂 \u202eسلام\u202c <b>not bold</b>"


def picture(kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (8, 4), "red").save(out, format=kind)
    out.seek(0)
    return out


def send_file(browser, page, content):
    """Post a file as bytes: the test client would leave a large one open on the disk."""
    token = page.value("csrf_token")
    body = b"--edge\r\nContent-Disposition: form-data; name=csrf_token\r\n\r\n" + token.encode()
    body += b"\r\n--edge\r\nContent-Disposition: form-data; name=file; filename=photo.jpg\r\n\r\n"
    body += content + b"\r\n--edge--\r\n"
    kind = "multipart/form-data; boundary=edge"
    return browser.send("POST", page.path, data=body, content_type=kind, follow=True)


def new_form(browser, person):
    return browser.get("appeals.file_appeal", account_id=person.account_id)


def show(browser, person, appeal_id, **more):
    return browser.get(
        "appeals.show_appeal", account_id=person.account_id, appeal_id=appeal_id, **more
    )


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


def test_the_list_starts_with_what_to_do_and_then_shows_the_next_promise(app, browser, alice):
    browser.log_in(alice)
    assert "No appeals yet" in browser.get("appeals.list_appeals", account_id=alice.account_id).text

    file_appeal(app, alice)
    page = browser.get("appeals.list_appeals", account_id=alice.account_id)

    assert "Evening trouble" in page.text
    assert "We answer by 22 November, 24:00" in page.text


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


def test_the_page_tells_every_promise_and_why(app, browser, alice, dora, noon):
    appeal_id = file_appeal(app, alice, AppealKind.FAULT)
    clock.freeze(noon + timedelta(hours=15))
    as_staff(app, dora, appeal_id, actions.answer, body="Sorry for the wait.")
    clock.freeze(noon + timedelta(hours=20))
    as_staff(
        app,
        dora,
        appeal_id,
        actions.send_interim,
        body="The port is changed.",
        promised_at=noon + timedelta(hours=47),
        reason="",
    )
    clock.freeze(noon + timedelta(hours=21))
    browser.log_in(alice)

    page = show(browser, alice, appeal_id)

    assert "Answer on the same day: broken" in page.text
    assert "promised by 22 November, 24:00, came on 23 November, 08:00, 8 hours late" in page.text
    assert "Answer on 23 November: kept" in page.text
    assert "We repair it by 24 November, 16:00" in page.text
    assert "26:00" in page.text
    assert "1 day 2 hours left, counted at 14:00" in page.text
    assert "A specialist named an earlier time" in page.text
    assert "round the clock, without breaks" in page.text
    assert "Rule “Repair”, version 2" in page.text
    assert "Final answer by 24 November, 16:00" in page.text
    assert "Dora D." in page.text
    assert "Duman" not in page.text


def test_a_reply_is_added(app, browser, db, alice):
    appeal_id = file_appeal(app, alice)
    browser.log_in(alice)

    page = show(browser, alice, appeal_id).submit(form="#reply", body=ODD, button="act=send")

    assert "Your message is sent" in page.text
    assert ODD in page.text
    assert stored(db, appeal_id).length == 2


def test_an_empty_reply_is_refused_on_the_page_of_the_appeal(app, browser, alice):
    appeal_id = file_appeal(app, alice)
    browser.log_in(alice)

    page = show(browser, alice, appeal_id).submit(form="#reply", body=" ", button="act=send")

    assert page.status == 422
    assert page.h1 == "Evening trouble"
    assert "Write a message first" in page.text


def test_a_reply_to_an_appeal_that_closed_meanwhile_is_kept_and_explained(app, browser, db, alice):
    appeal_id = file_appeal(app, alice)
    browser.log_in(alice)
    form = show(browser, alice, appeal_id)
    as_customer(app, alice, appeal_id, actions.withdraw)

    page = form.submit(form="#reply", body="One more thing", button="act=send")

    assert page.status == 422
    assert "This appeal is over" in page.text
    assert stored(db, appeal_id).length == 1


def test_the_customer_closes_and_withdraws(app, browser, db, alice):
    one, two = file_appeal(app, alice, AppealKind.FAULT), file_appeal(app, alice)
    browser.log_in(alice)

    closed = show(browser, alice, one).submit(form="form[action$='/close']")
    withdrawn = show(browser, alice, two).submit(form="form[action$='/withdraw']")

    assert "Repair: kept" in closed.text
    assert "Closed" in closed.text
    assert "no longer needed" in withdrawn.text
    assert "Withdrawn" in withdrawn.text
    stale = browser.post("appeals.withdraw_appeal", account_id=alice.account_id, appeal_id=one)
    assert stale.status == 409
    assert "changed meanwhile" in stale.text


def test_a_new_appeal_can_follow_one_that_is_over(app, browser, db, alice):
    old = file_appeal(app, alice)
    as_customer(app, alice, old, actions.withdraw)
    browser.log_in(alice)

    page = show(browser, alice, old).follow("Write an appeal")
    page.submit(kind="question", subject="Again", body="Text", button="act=send")

    assert db.scalars(select(Appeal.follows_id).where(Appeal.subject == "Again")).one() == old


@pytest.mark.parametrize(
    "endpoint",
    [
        "appeals.show_appeal",
        "appeals.reply_appeal",
        "appeals.close_appeal",
        "appeals.withdraw_appeal",
    ],
)
def test_someone_elses_appeal_is_not_found(app, browser, db, alice, bob, endpoint):
    appeal_id = file_appeal(app, alice)
    browser.log_in(bob)

    for account_id in (alice.account_id, bob.account_id):
        values = {"account_id": account_id, "appeal_id": appeal_id}
        if endpoint == "appeals.show_appeal":
            assert browser.get(endpoint, **values).status == 404
        else:
            assert browser.post(endpoint, {"body": "Hello"}, **values).status == 404

    assert stored(db, appeal_id).length == 1


def test_a_foreign_file_or_draft_is_not_found(app, browser, db, alice, bob):
    mine = file_appeal(app, bob)
    browser.log_in(alice)
    page = new_form(browser, alice).submit(
        kind="fault", subject="Evening trouble", body="Look", button="act=files"
    )
    draft_path = page.path
    page = page.submit(form="form[enctype]", file=(picture(), "a.png"))
    page = page.submit(form="form[action$='/send']")
    file_path = page.all("a.file")[0].get("href")
    browser.log_in(bob)

    assert browser.open(file_path).status == 404
    assert (
        browser.open(draft_path.replace(str(alice.account_id), str(bob.account_id))).status == 404
    )
    attachment_id = db.scalars(select(Attachment.id)).one()
    stolen = browser.get(
        "appeals.download_file",
        account_id=bob.account_id,
        appeal_id=mine,
        attachment_id=attachment_id,
    )
    assert stolen.status == 404


def test_a_file_is_given_out_by_a_seal_and_by_no_cookie(browser, alice):
    browser.log_in(alice)
    page = new_form(browser, alice).submit(
        kind="question", subject="Lamp", body="Red", button="act=files"
    )
    page = page.submit(form="form[enctype]", file=(picture(), "lamp.png"))
    page = page.submit(form="form[action$=send]")
    asked = browser.send("GET", page.one("a.file").get("href"))
    sealed = asked.headers["Location"]
    browser.log_out()

    given = browser.open(sealed)

    assert asked.status == 303
    assert given.headers["Content-Disposition"] == "attachment; filename=lamp.png"
    assert "Set-Cookie" not in given.headers
    assert browser.open(sealed.replace("/files/", "/files/x")).status == 404
    assert browser.send("GET", page.one("a.file").get("href")).status == 302  # Who are you?


def test_a_viewer_reads_and_cannot_write(app, browser, alice, carol):
    appeal_id = file_appeal(app, alice)
    browser.log_in(carol)

    page = browser.get("appeals.show_appeal", account_id=alice.account_id, appeal_id=appeal_id)

    assert page.status == 200
    assert not page.all("#reply")
    refused = browser.post(
        "appeals.reply_appeal", {"body": "x"}, account_id=alice.account_id, appeal_id=appeal_id
    )
    assert refused.status == 403


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


def test_a_new_appeal_names_the_one_that_it_follows(app, browser, db, alice, bob, dora):
    first = file_appeal(app, alice)
    as_staff(app, dora, first, actions.send_final, body="Done.")
    as_customer(app, alice, first, actions.close_as_working)
    browser.log_in(alice)

    page = show(browser, alice, first).follow("Write an appeal")
    page = page.submit(kind="question", subject="Again", body="It is back.", button="act=send")

    number = stored(db, first).number
    assert page.one(f"#appeal-side a[href$='{first}']").text_content() == number
    foreign = browser.get("appeals.file_appeal", account_id=alice.account_id, about=ids.uuid7())
    assert foreign.submit(kind="question", subject="x", body="y", button="act=send").status == 404


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_pages_speak_three_languages(app, browser, alice, language):
    appeal_id = file_appeal(app, alice, AppealKind.FAULT)
    browser.log_in(alice)
    for endpoint, values in [
        ("appeals.list_appeals", {}),
        ("appeals.file_appeal", {}),
        ("appeals.show_appeal", {"appeal_id": appeal_id}),
    ]:
        page = browser.get(endpoint, account_id=alice.account_id, lang=language, **values)
        assert page.status == 200
    assert browser.get("appeals.check_receipt", lang=language).status == 200
    browser.log_out()
    for endpoint in ("appeals.file_publicly", "appeals.track_appeal"):
        assert browser.get(endpoint, lang=language).status == 200


def add_credit(db, appeal_id, day):
    credit = AppealCredit(id=ids.uuid7(), appeal_id=appeal_id, promise_kind="repair", cycle=1)
    credit.day, credit.amount, credit.credited_at = day, Decimal(1000), clock.now()
    db.add(credit)
    db.commit()


def test_a_late_appeal_that_follows_another_takes_ten_statements(
    app, db, browser, alice, count_statements, noon
):
    earlier = file_appeal(app, alice)
    with acting(app, account_id=alice.account_id, user_id=alice.id) as session:
        filed = actions.file_appeal(
            writer_of(session, alice),
            kind=AppealKind.FAULT,
            subject="It is back",
            body="And again.",
            follows=session.get_one(Appeal, earlier),
        )
        appeal_id = filed.appeal.id
    for day in (1, 2):
        add_credit(db, appeal_id, day)
    clock.freeze(noon + timedelta(days=5))  # Its promises are broken.
    browser.log_in(alice)

    taken = count_statements(
        "appeals.show_appeal", account_id=alice.account_id, appeal_id=appeal_id
    )

    page = show(browser, alice, appeal_id)
    assert page.text.count("1 000") == 2
    assert stored(db, earlier).number in page.text
    assert taken <= 10
