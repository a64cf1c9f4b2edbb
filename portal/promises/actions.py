"""Writes of promises: an event is recorded, and the projection follows from the events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.core import clock, ids
from portal.core.db import session
from portal.promises import queries, timing
from portal.promises.fold import Case, Happening, next_of
from portal.promises.models import Promise, PromiseEvent
from portal.promises.obligation import Obligation
from portal.promises.verifying import differences


@dataclass(frozen=True)
class Subject:
    """What a promise is about, and who may see it."""

    kind: str
    id: UUID
    account_id: UUID | None = None
    user_id: UUID | None = None
    secret_hash: str | None = None


def record(
    subject: Subject,
    happening: Happening,
    at: datetime | None = None,
    *,
    policy: int | None = None,
    **data: Any,
) -> Case:
    """Append a fact about a subject and bring its promises up to date; `at` defaults to now.

    `policy`: a version to count by, if it is not the one in force at that time.
    The subject's promises stay locked until the end, so that of two at once one waits; of a new
    subject the caller holds the row.
    """
    moment = at or clock.now()
    stored = _stored(subject, lock=True)
    session.add(
        PromiseEvent(
            subject_kind=subject.kind,
            subject_id=subject.id,
            account_id=subject.account_id,
            user_id=subject.user_id,
            secret_hash=subject.secret_hash,
            happening=happening,
            at=moment,
            data=data,
            policy_version=policy or queries.version_in_force(moment),
        )
    )
    session.flush()  # The event's place in the order comes from the database.
    case = queries.case_of(subject.kind, subject.id)
    project(subject, case, stored)
    return case


def project(subject: Subject, case: Case, rows: Sequence[Promise] | None = None) -> None:
    """Write the promises of a case into the projection, mark the one that is due next, set timers.

    `rows`: what is stored of it, if that is known already.
    """
    known = _stored(subject) if rows is None else rows
    stored = {(row.kind, row.cycle): row for row in known}
    timers = timing.timers_of([row for row in known if row.is_open])
    upcoming = next_of(case)
    for made in case.promises:
        row = stored.get((made.kind, made.cycle))
        was_open, is_new = row is None or row.is_open, row is None
        row = row or _row(subject, made)
        _copy(made, row, is_next=made is upcoming)
        if was_open:
            timing.set_timer(row, timers.get(row.id), is_new=is_new)


def look_again(subject: Subject) -> list[str]:
    """Return in what a subject's stored promises differ from its events, while nobody writes."""
    rows = _stored(subject, lock=True)
    return differences(queries.case_of(subject.kind, subject.id), rows)


def rebuild(subject: Subject) -> None:
    """Make a subject's stored promises what its events tell; those that they do not tell go.

    For the worker alone. What a timer has told is not told again; a new promise's timer is set.
    """
    rows = _stored(subject, lock=True)
    case = queries.case_of(subject.kind, subject.id)
    made = {(each.kind.value, each.cycle): each for each in case.promises}
    for row in rows:
        row.is_next = False  # The queue follows; whatever is next comes back below.
        if known := made.get((row.kind, row.cycle)):
            row.rule, row.started_at = known.rule, known.started_at
    session.flush()
    for row in rows:
        if (row.kind, row.cycle) not in made:
            session.delete(row)
    project(subject, case, [row for row in rows if (row.kind, row.cycle) in made])


def _stored(subject: Subject, *, lock: bool = False) -> Sequence[Promise]:
    query = (
        select(Promise)
        .where(Promise.subject_kind == subject.kind, Promise.subject_id == subject.id)
        .order_by(Promise.id)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).all()


def _row(subject: Subject, made: Obligation) -> Promise:
    row = Promise(
        id=ids.uuid7(),
        subject_kind=subject.kind,
        subject_id=subject.id,
        account_id=subject.account_id,
        user_id=subject.user_id,
        secret_hash=subject.secret_hash,
        kind=made.kind,
        rule=made.rule,
        cycle=made.cycle,
        policy_version=made.policy.version,
        started_at=made.started_at,
    )
    session.add(row)
    return row


def _copy(made: Obligation, row: Promise, *, is_next: bool) -> None:
    row.policy_version, row.due_at = made.policy.version, made.due_at
    row.moved = made.times_moved
    row.ended_at, row.end = made.ended_at, made.end
    row.is_next = is_next
