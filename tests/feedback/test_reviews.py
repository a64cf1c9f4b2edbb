"""What supervisors do with a rating."""

from datetime import timedelta

from sqlalchemy import func, select

from portal.appeals import actions as appeals
from portal.core import clock
from portal.feedback.models import Rating, RatingReview
from portal.promises.models import Promise
from tests.appeals.factories import as_staff, file_appeal
from tests.cast import Person, make_user
from tests.feedback.rating import rate


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
