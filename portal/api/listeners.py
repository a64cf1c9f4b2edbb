"""What happens in the domains becomes events of the feed, in the same transaction."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from portal.api.feed import APPEAL, OUTAGE, Fact, Subject, append
from portal.appeals.models import Appeal, Message
from portal.appeals.outages.models import Outage
from portal.core import clock
from portal.core.db import session
from portal.core.events import on
from portal.events import (
    AppealRegistered,
    MessageAdded,
    PromiseBroken,
    PromiseDue,
    RatingGiven,
    StepsPassed,
)
from portal.promises.models import Promise
from portal.promises.obligation import Outcome


@on(AppealRegistered)
def tell_of_appeal(event: AppealRegistered) -> None:
    appeal = session.get_one(Appeal, event.appeal_id)
    told = {
        "kind": appeal.kind,
        "channel": appeal.channel,
        "state": appeal.state,
        "received_at": appeal.received_at,
        "account_id": appeal.account_id,
        "follows_id": appeal.follows_id,
    }
    append([Fact("appeal.registered", Subject(APPEAL, appeal.id), told)])


@on(MessageAdded)
def tell_of_message(event: MessageAdded) -> None:
    message = session.get_one(Message, event.message_id)
    told = {
        "message_id": message.id,
        "position": message.position,
        "author": event.author,
        "kind": event.kind,
        "files": len(message.files),
        "promised_at": message.promised_at,
    }
    append([Fact("appeal.message_added", Subject(APPEAL, event.appeal_id), told)])


@on(StepsPassed)
def tell_of_time(event: StepsPassed) -> None:
    """Tell of all that the tracker noticed at once, by one statement."""
    append(fact for step in event.steps for fact in _of_step(step))


@on(RatingGiven)
def tell_of_rating(event: RatingGiven) -> None:
    subject = Subject(event.subject_kind, event.subject_id)
    append([Fact("rating.given", subject, {"score": event.score})])


def tell_of_changes(opened: Session, *_about_flush: Any) -> None:
    """Tell of what changed in appeals, promises and outages, whoever changed it, as it is written.

    Nobody who adds a step to an appeal has to think of the feed.
    """
    facts = [fact for row in opened.new for fact in _of_new(row)]
    facts += [fact for row in opened.dirty for fact in _of_changed(row)]
    append(facts, opened)


def _of_step(step: Any) -> Iterator[Fact]:
    if isinstance(step, PromiseDue | PromiseBroken):
        subject = Subject(step.subject_kind, step.subject_id)
        told = {"kind": step.kind, "cycle": step.cycle, "due_at": step.due_at}
        if isinstance(step, PromiseDue):
            yield Fact("promise.due", subject, told | {"percent": step.percent})
        else:
            yield Fact("promise.breached", subject, told)


def _of_new(row: Any) -> Iterator[Fact]:
    if isinstance(row, Promise):
        yield _of_promise(row, "promise.made", started_at=row.started_at)
        yield from _of_end(row)
    elif isinstance(row, Outage):
        told = {"is_planned": row.is_planned, "started_at": row.started_at}
        yield _of_outage(row, "outage.announced", **told)


def _of_changed(row: Any) -> Iterator[Fact]:
    changes = _CHANGES.get(type(row))
    return changes(row) if changes else iter(())


def _of_steps(appeal: Appeal) -> Iterator[Fact]:
    subject = Subject(APPEAL, appeal.id)
    for before in _before(appeal, "state"):
        told = {"before": before, "state": appeal.state, "cycle": appeal.cycle}
        yield Fact("appeal.state_changed", subject, told)
    for before in _before(appeal, "assignee_id"):
        yield Fact(
            "appeal.assigned", subject, {"before": before, "assignee_id": appeal.assignee_id}
        )


def _of_course(promise: Promise) -> Iterator[Fact]:
    for before in _before(promise, "due_at"):
        yield _of_promise(promise, "promise.moved", before=before)
    for _while_it_ran in _before(promise, "end"):
        yield from _of_end(promise)


def _of_works(outage: Outage) -> Iterator[Fact]:
    for before in _before(outage, "promised_at"):
        yield _of_outage(outage, "outage.moved", before=before)
    for _while_it_ran in _before(outage, "ended_at"):
        yield _of_outage(outage, "outage.ended", end=outage.end, ended_at=outage.ended_at)


def _of_end(promise: Promise) -> Iterator[Fact]:
    if promise.end is not None:
        outcome = promise.outcome(clock.now())
        name = "promise.kept" if outcome is Outcome.KEPT else "promise.ended"
        yield _of_promise(promise, name, outcome=outcome, ended_at=promise.ended_at)


def _of_promise(promise: Promise, name: str, **more: Any) -> Fact:
    told = {"kind": promise.kind, "cycle": promise.cycle, "due_at": promise.due_at}
    return Fact(name, Subject(promise.subject_kind, promise.subject_id), told | more)


def _of_outage(outage: Outage, name: str, **more: Any) -> Fact:
    return Fact(name, Subject(OUTAGE, outage.id), {"promised_at": outage.promised_at} | more)


def _before(row: Any, name: str) -> Iterator[Any]:
    """Yield what a column held before, if it changed."""
    history = inspect(row).attrs[name].history
    if history.has_changes():
        yield history.deleted[0] if history.deleted else None


_CHANGES: dict[type[Any], Callable[[Any], Iterator[Fact]]] = {
    Appeal: _of_steps,
    Promise: _of_course,
    Outage: _of_works,
}
sqlalchemy_event.listen(Session, "before_flush", tell_of_changes)
