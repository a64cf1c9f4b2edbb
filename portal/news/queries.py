"""Newsletters, issues and readers, as pages and the worker need them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select, type_coerce
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.accounts.models import User
from portal.catalog.models import Offering, Price
from portal.catalog.queries import Priced, in_force, offering_now
from portal.core import clock
from portal.core.db import digest, session
from portal.core.errors import NotFoundError
from portal.core.paging import Page, page_of
from portal.core.text import FALLBACK, today
from portal.news.models import (
    Channel,
    Consent,
    Delivery,
    DeliveryState,
    Issue,
    Newsletter,
    Reader,
    Suppression,
    UnsubscribeToken,
)

PER_PAGE = 10
IN_A_FEED = 20


def newsletters() -> Sequence[Newsletter]:
    """Return all newsletters, in their order."""
    return session.scalars(select(Newsletter).order_by(Newsletter.position, Newsletter.id)).all()


def newsletter_called(code: str) -> Newsletter:
    """Return the newsletter of that code. Raises NotFoundError if there is none."""
    if found := session.scalar(select(Newsletter).where(Newsletter.code == code)):
        return found
    raise NotFoundError


def _published(newsletter: Newsletter | None) -> Select[Any]:
    query = (
        select(Issue)
        .options(joinedload(Issue.newsletter), selectinload(Issue.texts))
        .where(Issue.published_at.is_not(None))
    )
    return query.where(Issue.newsletter_id == newsletter.id) if newsletter else query


def published_issues(newsletter: Newsletter | None, *, after: str | None = None) -> Page[Issue]:
    """Return a page of issues that were sent, newest first; of all newsletters if None."""
    return page_of(
        _published(newsletter),
        Issue.published_at,
        Issue.id,
        after=after,
        per_page=PER_PAGE,
    )


def newest_issues(newsletter: Newsletter | None) -> Sequence[Issue]:
    """Return the newest twenty issues, for a feed."""
    newest = _published(newsletter).order_by(Issue.published_at.desc(), Issue.id.desc())
    return session.scalars(newest.limit(IN_A_FEED)).all()


@dataclass(frozen=True)
class FrontIssue:
    """The newest issue, and what it offers to connect if that is sold today."""

    issue: Issue
    offer: Priced | None


def front_issue() -> FrontIssue | None:
    """Return the newest issue and its offer, for the home page. One statement."""
    newest = (
        select(Issue.id)
        .where(Issue.published_at.is_not(None))
        .order_by(Issue.published_at.desc(), Issue.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(Issue, Offering, Price.monthly, Price.one_time)
        .join(Issue.newsletter)
        .join(Issue.texts)
        .outerjoin(Offering, Offering.code == Issue.offering_code)
        .outerjoin(Price, (Price.offering_id == Offering.id) & in_force(clock.now()))
        .options(contains_eager(Issue.newsletter), contains_eager(Issue.texts))
        .where(Issue.id == newest)
    )
    rows = session.execute(query).unique().all()
    if not rows:
        return None
    return FrontIssue(rows[0][0], _offer(*rows[0][1:]))


def _offer(
    offering: Offering | None, monthly: Decimal | None, one_time: Decimal | None
) -> Priced | None:
    if offering is None or monthly is None or one_time is None:
        return None
    return Priced(offering, monthly, one_time) if offering.is_sold_on(today()) else None


def published_issue(issue_id: UUID) -> Issue:
    """Return an issue that was sent. Raises NotFoundError for a draft."""
    issue: Issue | None = session.scalar(_published(None).where(Issue.id == issue_id))
    if issue is None:
        raise NotFoundError
    return issue


def issue_of_desk(issue_id: UUID) -> Issue:
    """Return any issue with newsletter and texts, for the editors. Raises NotFoundError."""
    query = select(Issue).options(joinedload(Issue.newsletter), selectinload(Issue.texts))
    issue: Issue | None = session.scalar(query.where(Issue.id == issue_id))
    if issue is None:
        raise NotFoundError
    return issue


def issues_of_desk(*, after: str | None = None) -> Page[Issue]:
    """Return a page of all issues, drafts too, newest first."""
    query = select(Issue).options(joinedload(Issue.newsletter), selectinload(Issue.texts))
    return page_of(query, Issue.created_at, Issue.id, after=after)


def subscribed_ids(user: User, channel: Channel = Channel.EMAIL) -> set[UUID]:
    """Return the ids of the newsletters that the user gets by `channel`."""
    query = select(Reader.newsletter_id).where(Reader.user_id == user.id, Reader.channel == channel)
    return set(session.scalars(query))


def is_reading(user_id: UUID, newsletter_id: UUID, channel: str) -> bool:
    """Say whether that user gets that newsletter by `channel`."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    Reader.newsletter_id == newsletter_id,
                    Reader.channel == channel,
                    Reader.user_id == user_id,
                )
            )
        )
    )


def consents_of(user: User) -> Sequence[Consent]:
    """Return the newest fifty lines of the user's ledger of consents."""
    query = select(Consent).where(Consent.user_id == user.id)
    return session.scalars(query.order_by(Consent.created_at.desc(), Consent.id).limit(50)).all()


def audience(newsletter_id: UUID) -> Select[UUID, str]:
    """Select (user_id, channel) of all who are sent an issue now: readers who can be reached."""
    return (
        select(Reader.user_id, Reader.channel)
        .join(User, User.id == Reader.user_id)
        .where(Reader.newsletter_id == newsletter_id, User.disabled_at.is_(None))
        .where(~exists().where(Suppression.address_hash == address_hash()))
    )


def address_hash() -> Any:
    """Return the digest of a user's e-mail in SQL, as `core.db.digest` makes it."""
    octets = type_coerce(func.convert_to(User.email, "UTF8"), BYTEA)
    return func.encode(func.sha256(octets), "hex")


def audience_size(newsletter: Newsletter) -> int:
    """Return how many would be sent an issue now."""
    return session.scalar(select(func.count()).select_from(audience(newsletter.id).subquery())) or 0


def offering_of(issue: Issue) -> Priced | None:
    """Return what an issue offers to connect, if it is sold today."""
    if issue.offering_code is None:
        return None
    try:
        return offering_now(issue.offering_code)
    except NotFoundError:
        return None


@dataclass(frozen=True)
class Progress:
    """How far a mailing is: numbers of copies by what became of them."""

    queued: int = 0
    in_flight: int = 0
    sent: int = 0
    uncertain: int = 0
    failed: int = 0
    withdrawn: int = 0

    @property
    def total(self) -> int:
        return self.queued + self.in_flight + self.done

    @property
    def done(self) -> int:
        return self.sent + self.uncertain + self.failed + self.withdrawn

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


def progress_of(issue: Issue) -> Progress:
    """Return how far the mailing of an issue is. One statement."""
    rows = session.execute(
        select(Delivery.state, func.count())
        .where(Delivery.issue_id == issue.id)
        .group_by(Delivery.state)
    ).all()
    return Progress(**{str(state): count for state, count in rows})


def troubled_deliveries(
    issue: Issue, state: DeliveryState, *, after: str | None = None
) -> Page[Delivery]:
    """Return a page of the copies in one state, e.g. those of which nobody knows (uncertain)."""
    query = (
        select(Delivery)
        .options(joinedload(Delivery.user))
        .where(Delivery.issue_id == issue.id, Delivery.state == state)
    )
    return page_of(query, Delivery.id, after=after)


def subscription_behind(token: str) -> UnsubscribeToken:
    """Return what an unsubscribe link stands for; name its digest to `db.see` first.

    Raises NotFoundError if nobody was sent such a link.
    """
    query = (
        select(UnsubscribeToken)
        .options(joinedload(UnsubscribeToken.newsletter))
        .where(UnsubscribeToken.token_hash == digest(token))
    )
    if found := session.scalar(query):
        return found
    raise NotFoundError


def language_of(user_id: UUID) -> str:
    """Return the language that a user reads."""
    return session.scalar(select(User.language).where(User.id == user_id)) or FALLBACK
