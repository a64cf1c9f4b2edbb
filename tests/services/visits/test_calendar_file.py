"""The visit in people's calendars."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from portal.core.mail import Attachment, Mail, compose
from tests.services.visits.factories import EVENING, MORNING, at, value


def choose(browser, order, written):
    page = browser.get("visits.choose_time", account_id=order.account_id, order_id=order.id)
    return page.submit(slot=value(written))


def download(browser, visit, **more):
    return browser.get(
        "visits.show_calendar_file", account_id=visit.account_id, visit_id=visit.id, **more
    )


def read(body):
    calendar = Calendar.from_ical(body)
    [event] = calendar.walk("VEVENT")
    return calendar, event


def test_the_file_says_when_where_and_what_for(alices, db, waiting, booked, noon):
    page = download(alices, booked)

    calendar, event = read(page.response.data)
    assert page.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert page.headers["Content-Disposition"] == "attachment; filename=visit.ics"
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("PUBLISH", "CONFIRMED", 0)
    assert event["UID"] == f"visit-{booked.id}@localhost"
    assert (event.start, event.end) == (at(MORNING), at("2026-11-29 11:00"))
    assert event["DTSTART"].params["TZID"] == "Asia/Almaty"
    assert event["DTSTAMP"].dt == noon
    assert event["SUMMARY"] == "Technician of Kazakhtelecom: Second TV box"
    assert event["LOCATION"] == "Abay ave., 56"
    assert waiting.number in event["DESCRIPTION"]
    assert event["URL"] == f"http://localhost/a/{waiting.account_id}/services/orders/{waiting.id}"
    [zone] = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Asia/Almaty"
    assert zone.to_tz().utcoffset(at(MORNING).replace(tzinfo=None)) == timedelta(hours=5)
    assert b"\r\n" in page.response.data
    assert max(len(line) for line in page.response.data.split(b"\r\n")) <= 75


def test_a_move_keeps_the_uid_and_raises_the_sequence(alices, db, waiting, booked):
    _, before = read(download(alices, booked).response.data)
    choose(alices, waiting, EVENING)
    _, after = read(download(alices, booked).response.data)
    choose(alices, waiting, "2026-12-06 13:00")
    _, last = read(download(alices, booked).response.data)

    assert before["UID"] == after["UID"] == last["UID"]
    assert [each["SEQUENCE"] for each in (before, after, last)] == [0, 1, 2]
    assert (after.start, last.start) == (at(EVENING), at("2026-12-06 13:00"))


def test_a_cancelled_visit_leaves_the_calendar(alices, db, waiting, booked):
    alices.post("visits.cancel_visit", account_id=waiting.account_id, visit_id=booked.id)

    calendar, event = read(download(alices, booked).response.data)

    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)


@pytest.mark.parametrize(
    ("language", "begins"), [("kk", "Қазақтелеком шебері"), ("ru", "Мастер"), ("en", "Technician")]
)
def test_the_file_speaks_the_readers_language(alices, db, booked, language, begins):
    _, event = read(download(alices, booked, lang=language).response.data)

    assert event["SUMMARY"].startswith(begins)


def test_a_letter_can_bring_the_file_along(alices, booked):
    content = download(alices, booked).response.data

    letter = compose(
        Mail(
            to="a@example.kz",
            sender="Kabinet <b@example.kz>",
            subject="Visit",
            text="Text",
            html="<p>Text</p>",
            message_id="<a@example.kz>",
            attachments=[
                Attachment(
                    name="visit.ics",
                    media_type="text/calendar",
                    content=content,
                    parameters={"charset": "utf-8", "method": "PUBLISH"},
                )
            ],
        )
    )

    [attached] = letter.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_param("method") == "PUBLISH"
    assert attached.get_filename() == "visit.ics"
    assert attached.get_payload(decode=True) == content
    assert letter.get_body(("plain",)).get_content().strip() == "Text"
    assert letter.get_body(("html",)) is not None
