"""The queue by next due time: any filter is one index of one narrow table."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import User
from portal.appeals.models import Appeal
from portal.appeals.states import OPEN_STATES, AppealKind, Channel, State
from portal.core.db import session
from portal.core.paging import Page, page_of
from portal.core.text import LANGUAGES
from portal.staff import urgency as due
from portal.staff.models import QueueEntry
from portal.staff.urgency import Urgency

MOST_COUNTED = 100  # what waits is counted to here: "99+"
E = TypeVar("E", bound=StrEnum)


class Segment(StrEnum):
    """Whose appeals the queue shows."""

    MINE = "mine"
    TEAM = "team"
    UNCLAIMED = "unclaimed"


@dataclass(frozen=True)
class Sieve:
    """Which appeals of the queue are asked for; None lets everything through."""

    segment: Segment = Segment.TEAM
    kind: AppealKind | None = None
    channel: Channel | None = None
    state: State | None = None
    urgency: Urgency | None = None
    language: str | None = None

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Sieve":
        """Return what an address asks for; words that nobody gave out are passed over."""
        state = _known(State, asked.get("state"))
        language = asked.get("language")
        return cls(
            segment=_known(Segment, asked.get("segment")) or Segment.TEAM,
            kind=_known(AppealKind, asked.get("kind")),
            channel=_known(Channel, asked.get("channel")),
            state=state if state in OPEN_STATES else None,
            urgency=_known(Urgency, asked.get("urgency")),
            language=language if language in LANGUAGES else None,
        )

    @property
    def address(self) -> dict[str, str]:
        """Return the sieve as the arguments of an address; what is usual is left out."""
        named = {name: value for name, value in vars(self).items() if value is not None}
        if self.segment is Segment.TEAM:
            del named["segment"]
        return {name: str(value) for name, value in named.items()}

    @property
    def is_narrow(self) -> bool:
        return replace(self, segment=Segment.TEAM) != Sieve()

    def among(self, segment: Segment) -> "Sieve":
        """Return the same sieve for the appeals of somebody else."""
        return replace(self, segment=segment)


@dataclass(frozen=True)
class Ticket:
    """An appeal of the queue, who wrote it, and when its next promise is due."""

    appeal: Appeal
    due_at: datetime

    def urgency(self, now: datetime) -> Urgency:
        """Return the group that the ticket belongs to at `now`."""
        return due.urgency(self.due_at, now)

    def dial(self, now: datetime) -> str:
        """Return the time left in hours and minutes, late with a minus."""
        return due.dial(self.due_at, now)

    def short_due(self, now: datetime) -> str:
        """Return the due time as short as it stays clear."""
        return due.short_due(self.due_at, now)


def queue(
    sieve: Sieve, *, by: User, now: datetime, after: str | None = None, per_page: int = 25
) -> Page[QueueEntry]:
    """Return a page of what waits, the promise that is due first at the head. One statement."""
    query = _sifted(sieve, by, now)
    return page_of(
        query, QueueEntry.due_at, QueueEntry.id,
        after=after, newest_first=False, per_page=per_page,
    )  # fmt: skip


def tickets(page: Page[QueueEntry]) -> Page[Ticket]:
    """Return the appeals of a page with their contacts and assignees. One statement."""
    appeals = {appeal.id: appeal for appeal in _appeals([entry.id for entry in page])}
    return Page([Ticket(appeals[entry.id], entry.due_at) for entry in page], page.next)


def grouped(page: Page[Ticket], now: datetime) -> dict[Urgency, list[Ticket]]:
    """Return the tickets of a page by their group; every group is there."""
    groups: dict[Urgency, list[Ticket]] = {urgency: [] for urgency in Urgency}
    for ticket in page.items:
        groups[ticket.urgency(now)].append(ticket)
    return groups


def mark_of(page: Page[QueueEntry], now: datetime) -> str:
    """Return what changes when the page shows something else: who, when due, whose, how urgent."""
    seen = [
        f"{entry.id}{entry.due_at:%s}{entry.assignee_id}{due.urgency(entry.due_at, now)}"
        for entry in page
    ]
    return hashlib.sha256("|".join(seen).encode()).hexdigest()[:16]


def loads(*, by: User, now: datetime) -> dict[str, str]:
    """Return how many appeals wait: mine, team, unclaimed, broken, hour; above 99 it is `99+`.

    One statement; it looks at no more than 100 rows for each, however many wait.
    """
    counts = {
        "mine": _bounded(QueueEntry.assignee_id == by.id),
        "team": _bounded(),
        "unclaimed": _bounded(QueueEntry.assignee_id.is_(None)),
        "broken": _bounded(*_between(Urgency.BROKEN, now)),
        "hour": _bounded(*_between(Urgency.HOUR, now)),
    }
    row = session.execute(select(*counts.values())).one()
    return {name: in_short(count) for name, count in zip(counts, row, strict=True)}


def in_short(count: int) -> str:
    """Write a count that was made up to MOST_COUNTED only."""
    return str(count) if count < MOST_COUNTED else f"{MOST_COUNTED - 1}+"


def _known(words: type[E], asked: str | None) -> E | None:
    return words(asked) if asked in list(words) else None


def _sifted(sieve: Sieve, by: User, now: datetime) -> Select[QueueEntry]:
    named: dict[str, str | None] = {
        "kind": sieve.kind,
        "channel": sieve.channel,
        "state": sieve.state,
        "language": sieve.language,
    }
    query = select(QueueEntry).filter_by(
        **{name: wanted for name, wanted in named.items() if wanted}
    )
    if sieve.urgency:
        query = query.where(*_between(sieve.urgency, now))
    if sieve.segment is Segment.MINE:
        query = query.where(QueueEntry.assignee_id == by.id)
    if sieve.segment is Segment.UNCLAIMED:
        query = query.where(QueueEntry.assignee_id.is_(None))
    return query


def _between(wanted: Urgency, now: datetime) -> list[ColumnElement[bool]]:
    since, until = due.span(wanted, now)
    conditions: list[ColumnElement[bool]] = []
    if since:
        conditions.append(QueueEntry.due_at >= since)
    if until:
        conditions.append(QueueEntry.due_at < until)
    return conditions


def _bounded(*conditions: ColumnElement[bool]) -> ScalarSelect[Any]:
    in_order = select(QueueEntry.id).where(*conditions).order_by(QueueEntry.due_at, QueueEntry.id)
    few = in_order.limit(MOST_COUNTED).subquery()  # The order keeps it on the index.
    return select(func.count()).select_from(few).scalar_subquery()


def _appeals(wanted: Sequence[UUID]) -> Sequence[Appeal]:
    return session.scalars(
        select(Appeal)
        .join(Appeal.contact)
        .options(contains_eager(Appeal.contact), joinedload(Appeal.assignee))
        .where(Appeal.id.in_(wanted))
        .order_by(Appeal.id)
    ).all()
