"""How a customer rates what was answered."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.appeals import actions as appeals
from portal.core import clock
from portal.feedback.models import Rating
from tests.appeals.factories import as_staff, file_appeal, file_publicly, stored
from tests.feedback.rating import rate


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
