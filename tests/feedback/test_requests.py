"""Who is asked for a rating, and how the link of the letter is answered."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from portal.accounts.models import Account, User
from portal.appeals import actions as appeals
from portal.appeals.states import AppealKind, Channel
from portal.core import clock, events, ids
from portal.core.mail import OutgoingMail
from portal.events import OrderCompleted, VisitDone
from portal.feedback import queries
from portal.feedback.listeners import ask_about_order
from portal.feedback.measuring import RatingFigures
from portal.feedback.models import Rating, RatingRequest
from tests.appeals.factories import acting, as_staff


def letters_of(db):
    """Return subject and path of each letter that asks for a rating, oldest first."""
    sent = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id))
    return [(each.subject, urlsplit(each.url).path) for each in sent if "/ratings/" in each.url]


@pytest.fixture
def english(browser):
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return browser


def test_a_visit_is_asked_about_once_and_rated_by_the_link(app, english, db, alice, eric):
    visit = ids.uuid7()
    with acting(app, account_id=alice.account_id, user_id=alice.id):
        for _ in range(2):
            events.publish(VisitDone(alice.account_id, visit, "26-ORDER", alice.id))

    [(subject, link)] = letters_of(db)
    assert subject == "Please rate the technician’s visit, order 26-ORDER"
    page = english.open(link + "?lang=en&score=1")
    assert db.scalars(select(Rating.id)).all() == []  # Whoever opens a link has not rated yet.
    assert "You rated this with 3 of 5" in page.submit(score=3).text
    again = english.send("POST", link, data={"score": "5"}, token=True, follow=True)
    assert "You rated this with 3 of 5" in again.text
    english.log_in(eric)
    page = english.get("feedback.list_reviews").follow("3 of 5: visit")
    assert "Take this rating" in page.text


def test_an_order_is_rated_in_the_portal_too_and_counted(app, browser, db, alice):
    order = ids.uuid7()
    with acting(app, account_id=alice.account_id, user_id=alice.id):
        events.publish(VisitDone(alice.account_id, ids.uuid7(), "26-ORDER", alice.id))
        ask_about_order(OrderCompleted(alice.account_id, order, alice.id, None, "26-ORDER"))
    browser.log_in(alice)
    values = {"account_id": alice.account_id, "subject_id": order}
    browser.get("feedback.rate", subject_kind="order", **values).submit(score=5)

    assert [subject for subject, _ in letters_of(db)][1] == "Please rate order 26-ORDER"
    with acting(app):
        month = clock.now().date()
        assert queries.rating_figures(month) == RatingFigures(2, 1, 1)
        assert queries.rating_figures(month, kind="visit") == RatingFigures(1, 0, 0)
        assert queries.rating_figures(month - timedelta(days=31)) == RatingFigures()


def test_a_talk_that_a_specialist_writes_down_is_asked_about(app, english, db, alice, dora):
    with acting(app, account_id=alice.account_id, user_id=dora.id, staff=True) as session:
        writer = appeals.Writer(
            "Nursultan",
            "n@example.kz",
            "en",
            channel=Channel.OFFICE,
            received_at=clock.now(),
            registered_by=session.get_one(User, dora.id),
        )
        appeals.file_appeal(writer, kind=AppealKind.QUESTION, subject="Counter 3", body="Asked.")

    asked = db.scalars(select(RatingRequest)).one()
    assert (asked.subject_kind, asked.channel, asked.about_id) == ("contact", "office", dora.id)
    [(_subject, link)] = letters_of(db)
    page = english.open(link).submit(score=4)
    assert "You rated this with 4 of 5" in page.text
    assert english.open(link + "x").status == 404


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (Channel.PHONE, "+77015551234"),
        (Channel.FACEBOOK, "asel.k"),
        (Channel.EMAIL, "asel@example.kz"),
        (Channel.SKYPE, "asel.k"),
        (Channel.KIOSK, "asel@example.kz"),
    ],
)
def test_nobody_is_asked_who_was_not_served_or_cannot_be_reached(app, db, dora, channel, address):
    """Only who called or came was served at once; the others are asked after the answer, once."""
    with acting(app, user_id=dora.id, staff=True) as session:
        by = session.get_one(User, dora.id)
        writer = appeals.Writer(
            "Asel", address, "en", channel=channel, received_at=clock.now(), registered_by=by
        )
        filed = appeals.file_appeal(
            writer, kind=AppealKind.QUESTION, subject="Bill", body="Twice."
        ).appeal.id
    assert db.scalars(select(RatingRequest)).all() == []

    as_staff(app, dora, filed, appeals.send_final, body="Done.")

    asked = db.scalars(select(RatingRequest)).one()
    assert (asked.subject_kind, asked.is_reached) == ("appeal", "@" in address)
    with acting(app):
        figures = queries.rating_figures(clock.now().date())
    assert figures == RatingFigures("@" in address, 0, 0)


def test_the_holder_is_asked_about_a_call_that_proved_the_contract(app, db, alice, dora):
    with acting(app, account_id=alice.account_id, user_id=dora.id, staff=True) as session:
        writer = appeals.Writer(
            "Asel",
            "+77015551234",
            "en",
            account=session.get_one(Account, alice.account_id),
            channel=Channel.PHONE,
            received_at=clock.now(),
            registered_by=session.get_one(User, dora.id),
        )
        appeals.file_appeal(writer, kind=AppealKind.QUESTION, subject="Bill", body="Twice.")

    asked = db.scalars(select(RatingRequest)).one()
    assert (asked.subject_kind, asked.user_id, asked.is_reached) == ("contact", alice.id, True)
