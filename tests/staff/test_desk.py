from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.appeals import actions
from portal.appeals.models import AppealNote, Message
from portal.appeals.states import AppealKind
from portal.core import clock
from portal.feedback.models import RatingRequest
from tests.appeals.factories import as_staff, file_appeal, file_publicly, stored


def ticket(browser, appeal_id):
    return browser.get("staff.show_ticket", appeal_id=appeal_id)


def speak(page, **typed):
    return page.submit(form="form[action$='/answer']", **typed)


def test_the_queue_stands_in_order_of_what_is_due(app, browser, alice, dora, noon):
    file_appeal(app, alice, AppealKind.QUESTION, subject="Old one")
    clock.freeze(noon + timedelta(hours=8))
    file_appeal(app, alice, AppealKind.FAULT, subject="New one")
    browser.log_in(dora)

    page = browser.get("staff.show_queue")

    assert page.text.index("Promise broken 1") < page.text.index("Old one")
    assert page.text.index("Old one") < page.text.index("Today 1") < page.text.index("New one")
    assert "−1:00" in page.text
    assert "was 22 November, 24:00" in page.text


def test_an_open_queue_learns_of_a_new_appeal_by_itself(app, browser, alice, dora):
    browser.log_in(dora)
    ask = browser.get("staff.show_queue").one("[data-module=poll]").get("hx-get")
    quiet = browser.open(ask, headers={"HX-Request": "true"})
    assert not quiet.body.strip()
    known = {"HX-Request": "true", "If-None-Match": quiet.headers["ETag"]}
    assert browser.open(ask, headers=known).status == 304

    file_appeal(app, alice)

    assert "The queue has changed" in browser.open(ask, headers=known).text


def test_the_segments_of_the_queue(app, browser, alice, dora, eric):
    mine = file_appeal(app, alice, subject="Mine to do")
    other = file_appeal(app, alice, subject="Of Eric")
    file_appeal(app, alice, subject="Of nobody")
    as_staff(app, dora, mine, actions.claim)
    as_staff(app, eric, other, actions.claim)
    browser.log_in(dora)

    def shown(segment):
        text = browser.get("staff.show_queue", segment=segment).text
        return [name for name in ("Mine to do", "Of Eric", "Of nobody") if name in text]

    assert shown("mine") == ["Mine to do"]
    assert shown("unclaimed") == ["Of nobody"]
    assert shown("team") == shown("bad\0one") == ["Mine to do", "Of Eric", "Of nobody"]


def test_a_specialist_sees_the_customer(app, browser, alice, dora):
    appeal_id = file_appeal(app, alice)
    browser.log_in(dora)

    page = ticket(browser, appeal_id)

    assert "7 1203 4456" in page.text
    assert "Alice Akhmetova" in page.text
    assert "the customer can see that" in page.text


def test_a_specialist_answers_step_by_step(app, browser, db, alice, dora, noon):
    appeal_id = file_appeal(app, alice, AppealKind.FAULT)
    browser.log_in(dora)
    page = ticket(browser, appeal_id).submit(form="form[action$='/claim']")
    assert "The appeal is yours" in page.text
    page = speak(page, kind="note", body="Port 3/14 looks bad.")
    page = speak(page, kind="message", body="We look at it.")
    page = speak(page, kind="interim", body="The port is changed.", promised_at="2026-11-24T12:00")
    assert "Final answer by 24 November, 12:00" in page.text
    page = speak(page, kind="final", body="It works now.")

    assert stored(db, appeal_id).state == "answered"
    assert db.scalars(select(Message.kind).order_by(Message.position)).all() == [
        "message",
        "message",
        "interim",
        "final",
    ]
    assert db.scalars(select(AppealNote.body)).all() == ["Port 3/14 looks bad."]
    assert db.scalars(select(RatingRequest.about_id)).all() == [dora.id]
    assert "Port 3/14" in page.text
    browser.log_in(alice)
    seen = browser.get("appeals.show_appeal", account_id=alice.account_id, appeal_id=appeal_id)
    assert "It works now." in seen.text
    assert "Port 3/14" not in seen.text


@pytest.mark.parametrize(
    ("promised_at", "words"),
    [
        ("", "Name the day and time"),
        ("2026-11-22T16:00", "has passed"),
        ("2026-11-24T17:01", "24 November, 17:00 is the latest"),
        ("9999-12-31T23:59", "is the latest"),
        ("tomorrow", "Not a valid datetime"),
    ],
)
def test_an_interim_answer_without_a_fitting_date_is_not_sent(
    app, browser, db, alice, dora, promised_at, words
):
    appeal_id = file_appeal(app, alice, AppealKind.FAULT)
    browser.log_in(dora)

    page = speak(
        ticket(browser, appeal_id), kind="interim", body="Please wait.", promised_at=promised_at
    )

    assert page.status == 422
    assert words in page.text
    assert "Please wait." in page.value("body")
    assert stored(db, appeal_id).length == 1


def test_an_investigation_allows_a_later_date(app, browser, db, alice, dora):
    appeal_id = file_appeal(app, alice)
    browser.log_in(dora)

    page = ticket(browser, appeal_id).submit(
        form="form[action$='/investigate']", reason="Measurements at the station."
    )
    page = speak(page, kind="interim", body="We measure.", promised_at="2026-12-01T12:00")

    assert "Final answer by 1 December, 12:00" in page.text
    page = page.submit(form="form[action$='/investigate']", reason="The laboratory is slow.")
    page = speak(
        page,
        kind="interim",
        body="We wait for the laboratory.",
        promised_at="2026-12-20T12:00",
        reason="The laboratory is slow.",
    )
    assert "Final answer by 20 December, 12:00" in page.text
    again = page.submit(form="form[action$='/investigate']", reason="Once more.")
    assert again.status == 422
    assert "extended once already" in again.text


def test_a_complaint_becomes_a_claim_once(app, browser, alice, dora):
    complaint = file_appeal(app, alice, AppealKind.COMPLAINT)
    question = file_appeal(app, alice, AppealKind.QUESTION)
    browser.log_in(dora)
    press = "form[action$='/recognise-claim']"

    page = ticket(browser, complaint).submit(form=press)

    assert "its own promise runs" in page.text
    assert "Answer to the claim" in page.text
    assert "a claim already" in page.submit(form=press).text
    assert not ticket(browser, question).all(press)
    browser.post("staff.recognise_claim", appeal_id=question)
    assert "Answer to the claim" not in ticket(browser, question).text


def test_who_answers_an_appeal_of_nobody_has_it(app, browser, db, alice, dora):
    appeal_id = file_appeal(app, alice)
    browser.log_in(dora)

    speak(ticket(browser, appeal_id), kind="message", body="We look at it.")

    assert stored(db, appeal_id).assignee_id == dora.id


def test_the_second_who_takes_an_appeal_is_told(app, browser, db, alice, dora, eric):
    appeal_id = file_appeal(app, alice)
    browser.log_in(dora)
    page = ticket(browser, appeal_id)
    as_staff(app, eric, appeal_id, actions.claim)

    page = page.submit(form="form[action$='/claim']")

    assert "A colleague has taken this appeal just before you" in page.text
    assert stored(db, appeal_id).assignee_id == eric.id


def test_an_answered_appeal_takes_no_more_answers(app, browser, db, alice, dora):
    appeal_id = file_appeal(app, alice)
    browser.log_in(dora)
    form = ticket(browser, appeal_id)
    speak(form, kind="final", body="Done.")

    page = browser.post(
        "staff.answer_ticket", {"kind": "message", "body": "More"}, appeal_id=appeal_id
    )

    assert page.status == 422
    assert stored(db, appeal_id).length == 2


def test_who_wrote_without_signing_in_is_marked(app, browser, dora):
    appeal_id, _secret = file_publicly(app)
    browser.log_in(dora)

    page = ticket(browser, appeal_id)

    assert "No contract is proven" in page.text


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_desk_speaks_three_languages(app, browser, alice, dora, language):
    appeal_id = file_appeal(app, alice)
    browser.log_in(dora)

    assert browser.get("staff.show_queue", lang=language).status == 200
    assert browser.get("staff.show_ticket", appeal_id=appeal_id, lang=language).status == 200
