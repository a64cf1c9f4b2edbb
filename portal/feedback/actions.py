"""Ratings are given once, and reviewed step by step by a supervisor."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import User
from portal.core import audit, clock, events, ids
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.events import RatingGiven
from portal.feedback.models import Cause, Mark, Rating, RatingRequest, RatingReview
from portal.feedback.queries import SUBJECT
from portal.promises import actions as promises
from portal.promises.fold import Happening


@dataclass(frozen=True)
class Opinion:
    """What a customer says of a contact: 1 to 5, what was good or bad, and his words."""

    score: int
    comment: str = ""
    marks: Sequence[Mark] = ()


def give_rating(request: RatingRequest, opinion: Opinion, *, by: User | None) -> UUID:
    """Rate a contact once; nobody ever changes it. Returns the rating's id.

    Promises its review, records `feedback.rating_given`, publishes RatingGiven.
    Raises RuleError if it is rated already, of two at once for the second, and 30 days after it
    was asked for.
    Source: appeals-and-sla.md, "Ratings".
    """
    now, rating_id = clock.now(), ids.uuid7()
    request.check_open(now)
    given = session.scalar(
        insert(Rating)
        .values(
            id=rating_id,
            request_id=request.id,
            account_id=request.account_id,
            user_id=request.user_id,
            secret_hash=request.secret_hash,
            score=opinion.score,
            comment=opinion.comment,
            marks=list(opinion.marks),
            given_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Rating.id)
    )
    if given is None:
        raise RuleError(_l("You have rated this already. A rating is never changed."))
    promises.record(_subject(rating_id, request), Happening.RATED)
    audit.record("feedback.rating_given", subject=request, actor=by, score=opinion.score)
    events.publish(RatingGiven(request.subject_kind, request.subject_id, opinion.score))
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


@dataclass(frozen=True)
class Step:
    """What a reviewer has found and done so far; what is not yet known is None, empty or False."""

    cause: Cause | None = None
    action: str = ""
    called_back: bool = False


def note_step(rating: Rating, step: Step, *, by: User) -> RatingReview:
    """Record what is new of cause, action and call back, each with its time.

    Records `feedback.rating_reviewed`. Raises RuleError for a rating of one's own work, before it
    is acknowledged, for a colleague's review, and when it is closed.
    """
    _check_not_own(rating, by)
    review = rating.review
    if review is None:
        raise RuleError(_l("Take the rating first."))
    if review.reviewer_id != by.id:
        raise RuleError(_l("A colleague reviews this rating already."))
    taken = review.note(
        cause=step.cause, action=step.action, called_back=step.called_back, now=clock.now()
    )
    if taken:
        audit.record("feedback.rating_reviewed", subject=rating, actor=by, steps=taken)
    return review


def close_review(rating: Rating, step: Step, *, by: User) -> None:
    """Record the last steps of a review, and close it.

    Records `feedback.rating_closed`. Raises RuleError as `note_step` does, without cause or
    action, and for 1 to 3 without a call back.
    """
    review = note_step(rating, step, by=by)
    review.close(rating, now=clock.now())
    promises.record(_subject(rating.id, rating.request), Happening.REVIEWED)
    audit.record("feedback.rating_closed", subject=rating, actor=by, cause=review.cause)


def _check_not_own(rating: Rating, by: User) -> None:
    if rating.request.about_id == by.id:
        raise RuleError(_l("This rating is about your own work: a colleague reviews it."))


def _subject(rating_id: UUID, request: RatingRequest) -> promises.Subject:
    return promises.Subject(
        SUBJECT, rating_id, request.account_id, request.user_id, request.secret_hash
    )
