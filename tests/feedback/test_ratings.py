from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Account, User
from portal.appeals import actions as appeals
from portal.appeals.states import AppealKind, Channel
from portal.core import clock, events, ids
from portal.core.mail import OutgoingMail
from portal.events import OrderCompleted, VisitDone
from portal.feedback import queries
from portal.feedback.listeners import ask_about_order
from portal.feedback.measuring import RatingFigures
from portal.feedback.models import Rating, RatingRequest, RatingReview
from portal.promises.models import Promise
from tests.appeals.factories import acting, as_staff, file_appeal, file_publicly, stored
from tests.cast import Person, make_user


@pytest.fixture
def answered(app, alice, dora):
    appeal_id = file_appeal(app, alice)
    as_staff(app, dora, appeal_id, appeals.send_final, body="Done.")
    return appeal_id


def rate(browser, person, appeal_id, score=4, comment="Quick"):
    page = browser.get("appeals.show_appeal", account_id=person.account_id, appeal_id=appeal_id)
    return page.follow("Rate the answer").submit(score=score, comment=comment)


def test_a_rating_is_given_once_and_shown(browser, db, alice, answered):
    browser.log_in(alice)

    page = rate(browser, alice, answered)

    assert "Your rating: 4 of 5" in page.text
    rating = db.scalars(select(Rating)).one()
    assert (rating.score, rating.comment) == (4, "Quick")
    again = browser.get(
        "feedback.rate", account_id=alice.account_id, subject_kind="appeal", subject_id=answered
    )
    assert "You rated this with 4 of 5" in again.text
    assert not again.all("[name=score]")


def test_a_form_that_was_open_twice_rates_once(browser, db, alice, answered):
    browser.log_in(alice)
    first = browser.get(
        "feedback.rate", account_id=alice.account_id, subject_kind="appeal", subject_id=answered
    )
    second = browser.open(first.path)
    first.submit(score=5, comment="")

    page = second.submit(score=1, comment="No!")

    assert "You rated this with 5 of 5" in page.text
    assert db.scalars(select(Rating.score)).all() == [5]


@pytest.mark.parametrize("score", [0, 6, -1, "x", ""])
def test_a_rating_is_1_to_5(browser, db, alice, answered, score):
    browser.log_in(alice)

    page = rate(browser, alice, answered, score=score, comment="My words stay 🙂")

    assert page.status == 422
    assert "My words stay 🙂" in page.value("comment")
    assert db.scalar(select(func.count()).select_from(Rating)) == 0


def test_an_unanswered_appeal_cannot_be_rated(app, browser, alice):
    appeal_id = file_appeal(app, alice)
    browser.log_in(alice)

    page = browser.get(
        "feedback.rate", account_id=alice.account_id, subject_kind="appeal", subject_id=appeal_id
    )

    assert page.status == 404


def test_someone_elses_answer_cannot_be_rated(browser, db, alice, bob, carol, answered):
    for person, account_id, status in [
        (bob, alice.account_id, 404),
        (bob, bob.account_id, 404),
        (carol, alice.account_id, 403),
    ]:
        browser.log_in(person)
        page = browser.get(
            "feedback.rate", account_id=account_id, subject_kind="appeal", subject_id=answered
        )
        assert page.status == status


def test_the_holder_of_a_receipt_rates_too(app, browser, db, dora):
    appeal_id, secret = file_publicly(app)
    as_staff(app, dora, appeal_id, appeals.send_final, body="Done.")
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"

    page = browser.get("appeals.show_tracked", secret=secret).follow("Rate the answer")
    page = page.submit(score=2, comment="Slow")

    assert "Your rating: 2 of 5" in page.text
    assert stored(db, appeal_id).rating == 2


def test_a_supervisor_reviews_within_two_working_days(browser, db, alice, eric, answered, noon):
    browser.log_in(alice)
    rate(browser, alice, answered, score=2, comment="Slow")
    browser.log_in(eric)

    page = browser.get("feedback.list_reviews")
    assert "2 of 5: Evening trouble" in page.text
    assert "by 25 November, 09:00" in page.text or "by 24 November" in page.text
    page = page.follow("2 of 5").submit()
    page = page.submit(
        cause="speed", action="Spoke with the team.", called_back="y", button="act=close"
    )

    assert "Every rating is read" in page.text
    review = db.scalars(select(RatingReview)).one()
    assert (review.cause, review.reviewer_id) == ("speed", eric.id)
    assert review.cause_at == review.acted_at == review.called_back_at == review.closed_at
    promise = db.scalars(select(Promise).where(Promise.subject_kind == "rating")).one()
    assert (promise.end, promise.is_next) == ("fulfilled", False)


def test_a_low_rating_is_not_closed_without_a_call(browser, db, alice, eric, answered):
    browser.log_in(alice)
    rate(browser, alice, answered, score=3)
    browser.log_in(eric)
    page = browser.get("feedback.list_reviews").follow("3 of 5").submit()

    page = page.submit(cause="speed", action="Spoke with the team.", button="act=close")

    assert page.status == 422
    assert "Call the customer back first" in page.text
    assert db.scalars(select(RatingReview.closed_at)).one() is None


def test_nobody_reviews_his_own_work(app, browser, db, alice, eric):
    appeal_id = file_appeal(app, alice)
    as_staff(app, eric, appeal_id, appeals.send_final, body="Done.")
    browser.log_in(alice)
    rate(browser, alice, appeal_id, score=5)
    browser.log_in(eric)

    page = browser.get("feedback.list_reviews").follow("5 of 5")

    assert "about your own work" in page.text
    rating_id = db.scalars(select(Rating.id)).one()
    assert browser.post("feedback.acknowledge_rating", rating_id=rating_id).status == 409
    refused = browser.post(
        "feedback.review_rating", {"cause": "nothing", "action": "Fine"}, rating_id=rating_id
    )
    assert refused.status == 422
    assert db.scalar(select(func.count()).select_from(RatingReview)) == 0


def test_reopening_asks_for_a_second_rating(app, browser, db, alice, dora, answered, noon):
    browser.log_in(alice)
    rate(browser, alice, answered, score=1)
    page = browser.get("appeals.show_appeal", account_id=alice.account_id, appeal_id=answered)
    page.submit(form="#reply", body="Not settled.", button="act=send")
    clock.freeze(noon + timedelta(hours=1))
    as_staff(app, dora, answered, appeals.send_final, body="Now it is.")
    browser.log_in(alice)

    page = rate(browser, alice, answered, score=5)

    assert "Your rating: 5 of 5" in page.text
    assert db.scalars(select(Rating.score).order_by(Rating.id)).all() == [1, 5]


def test_the_steps_of_a_review_are_recorded_one_by_one(browser, db, alice, eric, answered, noon):
    browser.log_in(alice)
    rate(browser, alice, answered, score=2)
    browser.log_in(eric)
    page = browser.get("feedback.list_reviews").follow("2 of 5").submit()

    for hour, field in enumerate(({"cause": "speed"}, {"action": "Paid back."}, {}), start=1):
        clock.freeze(noon + timedelta(minutes=hour))
        page = page.submit(**field, button="act=save")
    review = db.scalars(select(RatingReview)).one()
    assert (review.cause_at, review.acted_at) == (
        noon + timedelta(minutes=1),
        noon + timedelta(minutes=2),
    )
    assert (review.called_back_at, review.closed_at) == (None, None)
    refused = page.submit(button="act=close")
    assert "Call the customer back first" in refused.text
    page.submit(called_back="y", button="act=close")
    db.expire_all()
    assert db.scalars(select(RatingReview.cause_at)).one() == noon + timedelta(minutes=1)


def test_a_colleague_does_not_go_on_with_my_review(app, browser, db, alice, eric, answered):
    browser.log_in(alice)
    rate(browser, alice, answered, score=5)
    browser.log_in(eric)
    browser.get("feedback.list_reviews").follow("5 of 5").submit()
    other = make_user(db, "Zara Zhan", staff_role="supervisor")
    db.commit()
    browser.log_in(Person(other))

    page = browser.get("feedback.list_reviews").follow("5 of 5")
    page = page.submit(cause="nothing", action="Mine now", button="act=save")

    assert page.status == 422
    assert "A colleague reviews this rating already" in page.text


def test_what_was_good_or_bad_is_chosen(browser, db, alice, eric, answered):
    browser.log_in(alice)
    page = browser.get("appeals.show_appeal", account_id=alice.account_id, appeal_id=answered)

    page.follow("Rate the answer").submit(score=4, marks=["fast", "unsolved"])

    assert db.scalars(select(Rating.marks)).all() == [["fast", "unsolved"]]
    browser.log_in(eric)
    page = browser.get("feedback.list_reviews").follow("4 of 5")
    assert "Good: it was quick" in page.text
    assert "Bad: it is not settled" in page.text


def test_after_30_days_nobody_is_asked_any_more(browser, db, alice, answered, noon):
    browser.log_in(alice)
    values = {"account_id": alice.account_id, "subject_kind": "appeal", "subject_id": answered}
    page = browser.get("feedback.rate", **values)
    clock.freeze(noon + timedelta(days=30))
    browser.log_in(alice)

    refused = browser.post("feedback.rate", {"score": "1"}, **values)

    assert refused.status == 422
    assert "This could be rated until" in browser.open(page.path).text
    assert db.scalars(select(Rating.id)).all() == []


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
