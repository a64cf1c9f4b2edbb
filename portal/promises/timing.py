"""The timers of promises: set with each event, told by the tracker when their step has come."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Select, select, text

from portal.core import clock, events
from portal.core.db import session
from portal.events import PromiseBroken, PromiseDue, PromiseLate, StepsPassed
from portal.promises.models import Promise, PromiseTimer
from portal.promises.obligation import End
from portal.promises.policy import Kind
from portal.promises.steps import BREACH, Course, late_day

Step = PromiseDue | PromiseBroken | PromiseLate
_STREAMED = 2_000
_MOVE = text(
    "update promise_timer t set step = n.step, told = n.told, fires_at = n.fires_at"
    " from unnest(cast(:ids as uuid[]), cast(:steps as smallint[]), cast(:tolds as smallint[]),"
    " cast(:moments as timestamptz[]))"
    " as n (id, step, told, fires_at) where t.id = n.id"
)
_DROP = text("delete from promise_timer where id = any(cast(:ids as uuid[]))")


@dataclass(frozen=True)
class _Claimed:
    """A claimed timer: what it tells now, and what comes next (None: nothing more)."""

    promise: Promise
    course: Course
    step: int
    next: int | None


def course_of(promise: Promise) -> Course:
    """Return the times of a stored promise."""
    return Course(
        Kind(promise.kind),
        promise.started_at,
        promise.due_at,
        promise.ended_at,
        End(promise.end) if promise.end else None,
    )


def timers_of(promises: Collection[Promise]) -> Mapping[UUID, PromiseTimer]:
    """Return the timers of stored promises, locked: a tick that has one is waited for."""
    if not promises:
        return {}
    rows = session.scalars(
        select(PromiseTimer)
        .where(PromiseTimer.id.in_([promise.id for promise in promises]))
        .order_by(PromiseTimer.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def set_timer(promise: Promise, timer: PromiseTimer | None, *, is_new: bool) -> None:
    """Set the timer of a promise that was open until now; what it has told is not told again.

    A promise that was broken before it ended keeps its timer until all of that is told. One that
    is not new and has no timer has told all.
    """
    course = course_of(promise)
    told = timer.told if timer else course.told_without_timer(is_new=is_new)
    step = course.upcoming(told, clock.now())
    if step is None:
        if timer:
            session.delete(timer)
        return
    if timer is None:
        timer = PromiseTimer(id=promise.id, told=told)
        session.add(timer)
    timer.step, timer.fires_at = step, course.at(step)


def pass_time(*, most: int, but: Collection[UUID] = ()) -> int:
    """Tell of the steps that have come, the oldest first, `most` at a time; return how many.

    Each is claimed by the transaction that tells of it: of several trackers each takes others.
    `but` are promises that are left out. Publishes PromiseDue, PromiseBroken and PromiseLate, and
    all of them together as StepsPassed. Four statements and those of who listens.
    Source: appeals-and-sla.md, "Tracker".
    """
    now = clock.now()
    claimed = _claim(now, most, but)
    if not claimed:
        return 0
    told = list(_told(claimed, now))
    _move_on([each for each in told if each.next is not None])
    session.execute(_DROP, {"ids": [each.promise.id for each in told if each.next is None]})
    steps = tuple(step for each in told for step in _steps(each))
    for step in steps:
        events.publish(step)
    events.publish(StepsPassed(steps))
    return len(claimed)


def next_step_at(but: Collection[UUID] = ()) -> datetime | None:
    """Return when the next step of all comes, or None if nothing is open. One look at an index."""
    first = _timers(but).with_only_columns(PromiseTimer.fires_at)
    return session.scalar(first.limit(1))


def first_due(but: Collection[UUID]) -> UUID | None:
    """Return the promise whose step has come first, but for those named."""
    due = _timers(but).where(PromiseTimer.fires_at < clock.now())
    return session.scalar(due.with_only_columns(PromiseTimer.id).limit(1))


def differences() -> Iterator[str]:
    """Say which timers are not as the stored promises want them, a line each; streams them all."""
    rows = session.execute(
        select(Promise, PromiseTimer.step, PromiseTimer.fires_at)
        .outerjoin(PromiseTimer, PromiseTimer.id == Promise.id)
        .where(Promise.ended_at.is_(None) | PromiseTimer.id.is_not(None))
        .execution_options(yield_per=_STREAMED)
    )
    now = clock.now()
    for promise, step, fires_at in rows:
        if not course_of(promise).fits(step, fires_at, now):
            yield (
                f"{promise.subject_kind} {promise.subject_id} {promise.kind} {promise.cycle}:"
                f" timer at {step}, {fires_at}"
            )


def _timers(but: Collection[UUID]) -> Select[UUID, int]:
    query = select(PromiseTimer.id, PromiseTimer.step)
    if but:
        query = query.where(PromiseTimer.id.not_in(but))
    return query.order_by(PromiseTimer.fires_at, PromiseTimer.id)


def _claim(now: datetime, most: int, but: Collection[UUID]) -> Sequence[Row[UUID, int]]:
    due = _timers(but).where(PromiseTimer.fires_at < now)
    return session.execute(due.limit(most).with_for_update(skip_locked=True)).all()


def _told(claimed: Sequence[Row[UUID, int]], now: datetime) -> Iterator[_Claimed]:
    """Read the promises only now that their timers are locked: nobody changes them meanwhile."""
    ids = [row.id for row in claimed]
    query = select(Promise).where(Promise.id.in_(ids)).execution_options(populate_existing=True)
    promises = {row.id: row for row in session.scalars(query)}
    for promise_id, step in claimed:
        promise = promises[promise_id]
        course = course_of(promise)
        told = course.newest(step, now)
        yield _Claimed(promise, course, told, course.upcoming(told, now))


def _move_on(told: Sequence[_Claimed]) -> None:
    session.execute(
        _MOVE,
        {
            "ids": [each.promise.id for each in told],
            "steps": [each.next for each in told],
            "tolds": [each.step for each in told],
            "moments": [each.course.at(each.next or 0) for each in told],
        },
    )


def _steps(told: _Claimed) -> Iterator[Step]:
    of, step = told.promise, told.step
    subject = (of.subject_kind, of.subject_id, of.kind, of.cycle)
    if step < BREACH:
        yield PromiseDue(*subject, step, of.due_at)
        return
    if step == BREACH:
        yield PromiseBroken(*subject, of.due_at)
    yield PromiseLate(*subject, of.account_id, late_day(step), told.course.at(step))
