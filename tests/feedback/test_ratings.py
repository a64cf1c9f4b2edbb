from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.appeals import actions
from portal.core import clock
from portal.feedback.models import Rating, RatingReview
from portal.promises.models import Promise
from tests.appeals.factories import as_staff, file_appeal, file_publicly, stored


@pytest.fixture
def answered(app, alice, dora):
    appeal_id = file_appeal(app, alice)
    as_staff(app, dora, appeal_id, actions.send_final, body="Done.")
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
    as_staff(app, dora, appeal_id, actions.send_final, body="Done.")
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
    page = page.submit(cause="speed", action="Spoke with the team.", called_back="y")

    assert "Every rating is read" in page.text
    review = db.scalars(select(RatingReview)).one()
    assert (review.cause, review.reviewer_id) == ("speed", eric.id)
    promise = db.scalars(select(Promise).where(Promise.subject_kind == "rating")).one()
    assert (promise.end, promise.is_next) == ("fulfilled", False)


def test_a_low_rating_is_not_closed_without_a_call(browser, db, alice, eric, answered):
    browser.log_in(alice)
    rate(browser, alice, answered, score=3)
    browser.log_in(eric)
    page = browser.get("feedback.list_reviews").follow("3 of 5").submit()

    page = page.submit(cause="speed", action="Spoke with the team.")

    assert page.status == 422
    assert "Call the customer back first" in page.text
    assert db.scalars(select(RatingReview.closed_at)).one() is None


def test_nobody_reviews_his_own_work(app, browser, db, alice, eric):
    appeal_id = file_appeal(app, alice)
    as_staff(app, eric, appeal_id, actions.send_final, body="Done.")
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
    as_staff(app, dora, answered, actions.send_final, body="Now it is.")
    browser.log_in(alice)

    page = rate(browser, alice, answered, score=5)

    assert "Your rating: 5 of 5" in page.text
    assert db.scalars(select(Rating.score).order_by(Rating.id)).all() == [1, 5]
