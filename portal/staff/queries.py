"""Reads of the desk: the queue by next due time, and what is known about a customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import Account, User
from portal.appeals.models import Appeal, Contact
from portal.appeals.queries import SUBJECT
from portal.core import text
from portal.core.db import session
from portal.core.paging import Page, page_of
from portal.promises.models import Promise
from portal.services import queries as services
from portal.services.models import Subscription

_HOUR = timedelta(hours=1)
_LONG = timedelta(days=4)
EARLIER_SHOWN = 5


class Segment(StrEnum):
    """Whose appeals the queue shows."""

    MINE = "mine"
    TEAM = "team"
    UNCLAIMED = "unclaimed"


class Urgency(StrEnum):
    """The groups of the queue, most urgent first."""

    BROKEN = "broken"
    HOUR = "hour"
    TODAY = "today"
    LATER = "later"


@dataclass(frozen=True)
class Ticket:
    """An appeal of the queue, who wrote it, and what is due next."""

    appeal: Appeal
    promise: Promise

    def urgency(self, now: datetime) -> Urgency:
        """Return the group that the ticket belongs to at `now`."""
        if self.promise.due_at < now:
            return Urgency.BROKEN
        if self.promise.due_at < now + _HOUR:
            return Urgency.HOUR
        is_today = text.local(self.promise.due_at - timedelta(microseconds=1)).date()
        return Urgency.TODAY if is_today <= text.local(now).date() else Urgency.LATER

    def dial(self, now: datetime) -> str:
        """Return the time left in hours and minutes, late with a minus; from 4 days on in days."""
        span = self.promise.due_at - now
        minutes = int(abs(span).total_seconds()) // 60
        sign = "\N{MINUS SIGN}" if span < timedelta() else ""
        if minutes >= _LONG.total_seconds() // 60:
            return f"{sign}{text.left(timedelta(days=abs(span).days))}"
        return f"{sign}{minutes // 60}:{minutes % 60:02d}"

    def short_due(self, now: datetime) -> str:
        """Return the due time as short as it stays clear: `19:30` today, else with its day."""
        day, _, at = text.deadline(self.promise.due_at).partition(", ")
        is_today = day == text.day(now)
        return at if is_today else f"{day}, {at}"


@dataclass(frozen=True)
class Customer:
    """What is known about who wrote: nothing but the contact when he has no account."""

    contact: Contact
    account: Account | None
    subscriptions: Sequence[Subscription]
    earlier: Sequence[Appeal]

    @property
    def month_sum(self) -> Decimal:
        return sum((held.price_today for held in self.subscriptions), Decimal(0))


def queue(segment: Segment, *, by: User, after: str | None = None) -> Page[Ticket]:
    """Return a page of the queue, the promise that is due first at the head. Two statements."""
    page = page_of(_queue(segment, by), Promise.due_at, Promise.id, after=after, newest_first=False)
    appeals = {appeal.id: appeal for appeal in _appeals([p.subject_id for p in page])}
    return Page([Ticket(appeals[p.subject_id], p) for p in page], page.next)


def grouped(page: Page[Ticket], now: datetime) -> dict[Urgency, list[Ticket]]:
    """Return the tickets of a page by their group; every group is there."""
    groups: dict[Urgency, list[Ticket]] = {urgency: [] for urgency in Urgency}
    for ticket in page.items:
        groups[ticket.urgency(now)].append(ticket)
    return groups


def loads(*, by: User, now: datetime) -> dict[str, int]:
    """Return how many appeals wait: mine, team, unclaimed, broken, hour. One statement."""
    count = func.count()
    row = session.execute(
        select(
            count.filter(Appeal.assignee_id == by.id).label("mine"),
            count.label("team"),
            count.filter(Appeal.assignee_id.is_(None)).label("unclaimed"),
            count.filter(Promise.due_at < now).label("broken"),
            count.filter(Promise.due_at.between(now, now + _HOUR)).label("hour"),
        )
        .select_from(Promise)
        .join(Appeal, Appeal.id == Promise.subject_id)
        .where(Promise.is_next, Promise.subject_kind == SUBJECT)
    ).one()
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's own name for it


def mark_of(loads: dict[str, int]) -> str:
    """Return what changes when an appeal comes, goes, is taken or breaks its promise."""
    return "-".join(str(loads[name]) for name in ("mine", "team", "unclaimed", "broken"))


def customer_of(appeal: Appeal) -> Customer:
    """Return what stands beside an appeal: contract, services, earlier appeals."""
    contact = session.get_one(Contact, appeal.contact_id)
    if appeal.account_id is None:
        return Customer(contact, None, (), ())
    account = (
        session.scalars(
            select(Account)
            .where(Account.id == appeal.account_id)
            .options(joinedload(Account.premises))
        )
        .unique()
        .one()
    )
    return Customer(
        contact, account, services.subscriptions_of(account), _earlier(account, appeal.id)
    )


def _queue(segment: Segment, by: User) -> Select[Promise]:
    waiting = select(Promise).where(Promise.is_next, Promise.subject_kind == SUBJECT)
    if segment is Segment.TEAM:
        return waiting
    whose = Appeal.assignee_id == by.id if segment is Segment.MINE else Appeal.assignee_id.is_(None)
    return waiting.join(Appeal, Appeal.id == Promise.subject_id).where(whose)


def _appeals(wanted: Sequence[UUID]) -> Sequence[Appeal]:
    return session.scalars(
        select(Appeal)
        .join(Appeal.contact)
        .options(contains_eager(Appeal.contact))
        .where(Appeal.id.in_(wanted))
        .order_by(Appeal.id)
    ).all()


def _earlier(account: Account, but: UUID) -> Sequence[Appeal]:
    return session.scalars(
        select(Appeal)
        .where(Appeal.account_id == account.id, Appeal.id != but)
        .order_by(Appeal.id.desc())
        .limit(EARLIER_SHOWN)
    ).all()
