"""Reads of ratings."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import Account
from portal.core import db
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.paging import Page, page_of
from portal.feedback.models import Rating, RatingRequest, RatingReview
from portal.promises.models import Promise

SUBJECT = "rating"


@dataclass(frozen=True)
class Waiting:
    """A rating that waits for its review, and by when."""

    rating: Rating
    promise: Promise


def request_of(account: Account, subject_kind: str, subject_id: UUID) -> RatingRequest:
    """Return what this account may rate (the newest cycle). Raises NotFoundError if nothing."""
    return _newest(
        RatingRequest.account_id == account.id,
        RatingRequest.subject_kind == subject_kind,
        RatingRequest.subject_id == subject_id,
    )


def request_by_secret(secret: str) -> RatingRequest:
    """Return what the holder of a receipt may rate. Raises NotFoundError if nothing."""
    digest = db.digest(secret)
    db.see(token=digest)
    return _newest(RatingRequest.secret_hash == digest)


def rating_of(rating_id: UUID) -> Rating:
    """Return a rating with its request and review, for staff. Raises NotFoundError."""
    query = (
        select(Rating)
        .where(Rating.id == rating_id)
        .options(
            joinedload(Rating.request).joinedload(RatingRequest.about),
            joinedload(Rating.review).joinedload(RatingReview.reviewer),
        )
    )
    if found := session.scalar(query):
        return found
    raise NotFoundError


def waiting(*, after: str | None = None) -> Page[Waiting]:
    """Return a page of the ratings without a closed review, the one that is due first at the head.

    Two statements.
    """
    due = select(Promise).where(Promise.subject_kind == SUBJECT, Promise.is_next)
    page = page_of(due, Promise.due_at, Promise.id, after=after, newest_first=False)
    ratings = {rating.id: rating for rating in _ratings([p.subject_id for p in page])}
    return Page([Waiting(ratings[p.subject_id], p) for p in page], page.next)


def _ratings(wanted: Sequence[UUID]) -> Sequence[Rating]:
    return session.scalars(
        select(Rating)
        .join(Rating.request)
        .options(
            contains_eager(Rating.request).joinedload(RatingRequest.about),
            joinedload(Rating.review).joinedload(RatingReview.reviewer),
        )
        .where(Rating.id.in_(wanted))
        .order_by(Rating.id)
    ).all()


def _newest(*conditions: object) -> RatingRequest:
    query = (
        select(RatingRequest)
        .where(*conditions)  # type: ignore[arg-type]
        .options(joinedload(RatingRequest.rating))
        .order_by(RatingRequest.cycle.desc())
        .limit(1)
    )
    if found := session.scalar(query):
        return found
    raise NotFoundError
