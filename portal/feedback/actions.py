"""Ratings are asked for, given once, and closed by a supervisor."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import User
from portal.core import audit, clock, events, ids
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.events import AppealAnswered, RatingGiven
from portal.feedback.models import Cause, Rating, RatingRequest, RatingReview
from portal.feedback.queries import SUBJECT
from portal.promises import actions as promises
from portal.promises.fold import Happening


def ask_about_appeal(event: AppealAnswered) -> None:
    """Ask for a rating of a final answer: once per cycle of an appeal."""
    session.add(
        RatingRequest(
            subject_kind="appeal",
            subject_id=event.appeal_id,
            cycle=event.cycle,
            title=event.topic,
            number=event.number,
            account_id=event.account_id,
            secret_hash=event.secret_hash,
            about_id=event.answered_by_id,
            about_name=event.answered_by,
            asked_at=clock.now(),
        )
    )


def give_rating(request: RatingRequest, *, score: int, comment: str, by: User | None) -> UUID:
    """Rate a contact, 1 to 5, once; nobody ever changes it. Returns the rating's id.

    Promises its review, records `feedback.rating_given`, publishes RatingGiven.
    Raises RuleError if it is rated already, of two at once for the second.
    Source: appeals-and-sla.md, "Ratings".
    """
    now, rating_id = clock.now(), ids.uuid7()
    given = session.scalar(
        insert(Rating)
        .values(
            id=rating_id,
            request_id=request.id,
            account_id=request.account_id,
            user_id=request.user_id,
            secret_hash=request.secret_hash,
            score=score,
            comment=comment,
            given_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Rating.id)
    )
    if given is None:
        raise RuleError(_l("You have rated this already. A rating is never changed."))
    promises.record(_subject(rating_id, request), Happening.RATED)
    audit.record("feedback.rating_given", subject=request, actor=by, score=score)
    events.publish(RatingGiven(request.subject_kind, request.subject_id, score))
    return rating_id


def acknowledge(rating: Rating, *, by: User) -> None:
    """Take a rating to review. Records `feedback.rating_acknowledged`; again: nothing.

    Raises RuleError for a rating of one's own work, and if somebody else has taken it.
    """
    _check_not_own(rating, by)
    if rating.review is not None and rating.review.reviewer_id == by.id:
        return
    taken = session.scalar(
        insert(RatingReview)
        .values(
            id=ids.uuid7(),
            version=1,
            rating_id=rating.id,
            reviewer_id=by.id,
            acknowledged_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(RatingReview.id)
    )
    if taken is None:
        raise RuleError(_l("A colleague reviews this rating already."))
    audit.record("feedback.rating_acknowledged", subject=rating, actor=by)


def close_review(rating: Rating, *, cause: Cause, action: str, called_back: bool, by: User) -> None:
    """Close the review of a rating with its cause and what was done.

    Records `feedback.rating_closed`. Raises RuleError for a rating of one's own work, before it is
    acknowledged, when it is closed, and for 1 to 3 without a call back.
    """
    _check_not_own(rating, by)
    if rating.review is None:
        raise RuleError(_l("Take the rating first."))
    if called_back:
        rating.review.called_back_at = clock.now()
    rating.review.close(rating, cause=cause, action=action, now=clock.now())
    promises.record(_subject(rating.id, rating.request), Happening.REVIEWED)
    audit.record("feedback.rating_closed", subject=rating, actor=by, cause=cause.value)


def _check_not_own(rating: Rating, by: User) -> None:
    if rating.request.about_id == by.id:
        raise RuleError(_l("This rating is about your own work: a colleague reviews it."))


def _subject(rating_id: UUID, request: RatingRequest) -> promises.Subject:
    return promises.Subject(
        SUBJECT, rating_id, request.account_id, request.user_id, request.secret_hash
    )
