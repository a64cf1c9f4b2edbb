"""Reads of ratings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import Account
from portal.core import db
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.paging import Page, page_of
from portal.core.text import midnight
from portal.feedback.measuring import RatingFigures, total
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
    """Return the answer that the holder of a receipt may rate. Raises NotFoundError without one."""
    digest = db.digest(secret)
    db.see(token=digest)
    return _newest(RatingRequest.secret_hash == digest, RatingRequest.subject_kind == "appeal")


def request_by_link(link: str) -> RatingRequest:
    """Return what the link of an e-mail asks about. Raises NotFoundError if nothing.

    From then on the transaction sees what belongs to the same contract or receipt: the rating is
    written there. The page shows nothing else of it.
    """
    digest = db.digest(link)
    db.see(token=digest)
    found = session.scalar(select(RatingRequest).where(RatingRequest.link_hash == digest))
    if found is None:
        raise NotFoundError
    db.see(account_id=found.account_id, token=found.secret_hash)
    session.refresh(found, ["rating"])
    return found


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


def rating_figures_by(month: date) -> Mapping[tuple[str, str], RatingFigures]:
    """Return the figures of a month (any day of it) by (subject kind, channel), largest first.

    What was asked in the month counts, whenever it was answered. Rows are counted by the database
    itself, so that pages which may read no rating can show figures too. One statement.
    """
    since = month.replace(day=1)
    until = (since + timedelta(days=32)).replace(day=1)
    counts = func.rating_counts(midnight(since), midnight(until)).table_valued(
        "subject_kind", "channel", "asked", "answered", "good"
    )
    rows = session.execute(select(counts).order_by(counts.c.asked.desc(), *counts.c[:2]))
    return {(kind, channel): RatingFigures(*numbers) for kind, channel, *numbers in rows}


def rating_figures(
    month: date, *, kind: str | None = None, channel: str | None = None
) -> RatingFigures:
    """Return asked, answered and good of a month; of one subject kind or channel, or of all.

    Kinds: appeal, contact, order, visit. Channels: those of appeals, order, visit.
    """
    return total(
        figures
        for (own_kind, own_channel), figures in rating_figures_by(month).items()
        if kind in {None, own_kind} and channel in {None, own_channel}
    )


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
