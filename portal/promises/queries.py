"""Reads of promises: policies by version, and the story of a subject."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import case, select, union
from sqlalchemy import text as sql

from portal.core import text
from portal.core.db import session
from portal.promises import free_days as calendar
from portal.promises.fold import Case, Event, Happening, read
from portal.promises.models import Promise, PromiseEvent, PromisePolicy, SlaCalendar
from portal.promises.policy import Policy, Term, read_calendar

_BATCH = 500
_known: dict[int, Policy] = {}  # A version never changes, so a process reads each once.


@dataclass(frozen=True)
class Story:
    """A subject's events in the order of recording, and its promises as they are stored."""

    subject_id: UUID
    events: Sequence[PromiseEvent]
    promises: Sequence[Promise]


def policies(versions: Iterable[int]) -> Mapping[int, Policy]:
    """Return the policies of these versions with their calendars."""
    wanted = set(versions)
    for version in wanted - _known.keys():
        _known[version] = _load(version)
    return {version: _known[version] for version in wanted}


def forget() -> None:
    """Read the policies anew when they are next needed: another database may be served."""
    _known.clear()


def version_in_force(now: datetime) -> int:
    """Return the newest version in force on the local day of `now`; before all, the first one."""
    is_in_force = PromisePolicy.since_on <= text.local(now).date()
    return session.scalars(
        select(PromisePolicy.version)
        .order_by(
            is_in_force.desc(),
            case((is_in_force, PromisePolicy.version)).desc(),
            PromisePolicy.version,
        )
        .limit(1)
    ).one()


def free_days() -> set[date]:
    """Return the public holidays that are known, past ones too. One statement."""
    rows = session.execute(sql(calendar.VERSIONS))
    return calendar.free_days((since, differing) for since, differing in rows)


def case_of(subject_kind: str, subject_id: UUID) -> Case:
    """Return the subject as its events tell it; empty if there are none. One statement."""
    rows = session.scalars(
        select(PromiseEvent)
        .where(PromiseEvent.subject_kind == subject_kind, PromiseEvent.subject_id == subject_id)
        .order_by(PromiseEvent.seq)
    ).all()
    return case_from(rows)


def case_from(rows: Iterable[PromiseEvent]) -> Case:
    """Return what the rows of one subject, in the order of recording, tell."""
    events = [Event(Happening(row.happening), row.at, row.policy_version, row.data) for row in rows]
    return read(events, policies(event.policy for event in events))


def subject_kinds() -> list[str]:
    """Return what promises are about: every kind of subject that was ever recorded or stored."""
    kinds = union(select(PromiseEvent.subject_kind), select(Promise.subject_kind)).subquery()
    return list(session.scalars(select(kinds.c.subject_kind).order_by(kinds.c.subject_kind)))


def stories(kind: str) -> Iterator[Story]:
    """Yield every subject of a kind with its events and its stored promises, in order of ids.

    Two streams of rows beside each other: what has only one of both is told, too.
    """
    told = groupby(_stream(PromiseEvent, kind, PromiseEvent.seq), key=_subject)
    stored = groupby(_stream(Promise, kind, Promise.id), key=_subject)
    event, row = next(told, None), next(stored, None)
    while event or row:
        subject_id = min(group[0] for group in (event, row) if group)
        events: list[PromiseEvent] = []
        rows: list[Promise] = []
        if event and event[0] == subject_id:
            events = list(event[1])
            event = next(told, None)
        if row and row[0] == subject_id:
            rows = list(row[1])
            row = next(stored, None)
        yield Story(subject_id, events, rows)


def next_promise_of(account_id: UUID, subject_kind: str) -> Promise | None:
    """Return the account's open promise that is due first, or None."""
    return session.scalars(
        select(Promise)
        .where(
            Promise.account_id == account_id,
            Promise.is_next,
            Promise.subject_kind == subject_kind,
        )
        .order_by(Promise.due_at, Promise.id)
        .limit(1)
    ).one_or_none()


def _stream(table: Any, kind: str, key: Any) -> Iterator[Any]:
    return iter(
        session.scalars(
            select(table)
            .where(table.subject_kind == kind)
            .order_by(table.subject_id, key)
            .execution_options(yield_per=_BATCH)
        )
    )


def _subject(row: PromiseEvent | Promise) -> UUID:
    return row.subject_id


def _load(version: int) -> Policy:
    row = session.scalars(select(PromisePolicy).where(PromisePolicy.version == version)).one()
    calendars = session.scalars(
        select(SlaCalendar).where(SlaCalendar.name.in_(row.calendars))
    ).all()
    used = {c.name: c.body for c in calendars if row.calendars[c.name] == c.version}
    return Policy(
        version=row.version,
        since=row.since_on,
        terms=tuple(Term.read(term) for term in row.terms),
        calendars={name: read_calendar(body) for name, body in used.items()},
    )
