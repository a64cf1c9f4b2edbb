"""What happens in the domains becomes events of the feed, in the same transaction."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from portal.api.feed import APPEAL, Entry, Subject, append, append_all
from portal.appeals.models import Appeal, Message
from portal.core import clock
from portal.core.db import session
from portal.core.events import on
from portal.events import (
    AppealRegistered,
    MessageAdded,
    PromiseBroken,
    PromiseDue,
    PromiseLate,
    RatingGiven,
    StepsPassed,
)
from portal.promises.models import Promise
from portal.promises.obligation import Outcome


@on(AppealRegistered)
def tell_of_appeal(event: AppealRegistered) -> None:
    appeal = session.get_one(Appeal, event.appeal_id)
    append(
        "appeal.registered",
        Subject(APPEAL, appeal.id),
        kind=appeal.kind,
        channel=appeal.channel,
        state=appeal.state,
        received_at=appeal.received_at,
        account_id=appeal.account_id,
        follows_id=appeal.follows_id,
    )


@on(MessageAdded)
def tell_of_message(event: MessageAdded) -> None:
    message = session.get_one(Message, event.message_id)
    append(
        "appeal.message_added",
        Subject(APPEAL, event.appeal_id),
        message_id=message.id,
        position=message.position,
        author=event.author,
        kind=event.kind,
        files=len(message.files),
        promised_at=message.promised_at,
    )


@on(StepsPassed)
def tell_of_steps(event: StepsPassed) -> None:
    append_all([_entry_of(step) for step in event.steps if not isinstance(step, PromiseLate)])


def _entry_of(step: PromiseDue | PromiseBroken) -> Entry:
    subject = Subject(step.subject_kind, step.subject_id)
    data = {"kind": step.kind, "cycle": step.cycle, "due_at": step.due_at}
    if isinstance(step, PromiseDue):
        return Entry("promise.due", subject, data | {"percent": step.percent})
    return Entry("promise.breached", subject, data)


@on(RatingGiven)
def tell_of_rating(event: RatingGiven) -> None:
    append("rating.given", Subject(event.subject_kind, event.subject_id), score=event.score)


def tell_of_changes(opened: Session, *_about_flush: Any) -> None:
    """Tell of what changed in appeals and promises, whoever changed it, as it is written down.

    Nobody who adds a step to an appeal has to think of the feed.
    """
    for row in opened.new:
        if isinstance(row, Promise):
            _tell_of_promise(opened, row, "promise.made", started_at=row.started_at)
            _tell_of_end(opened, row)
    for row in opened.dirty:
        if isinstance(row, Appeal):
            _tell_of_steps(opened, row)
        elif isinstance(row, Promise):
            _tell_of_course(opened, row)


def _tell_of_steps(opened: Session, appeal: Appeal) -> None:
    subject = Subject(APPEAL, appeal.id)
    for before in _before(appeal, "state"):
        append(
            "appeal.state_changed", subject, opened,
            before=before, state=appeal.state, cycle=appeal.cycle,
        )  # fmt: skip
    for before in _before(appeal, "assignee_id"):
        append("appeal.assigned", subject, opened, before=before, assignee_id=appeal.assignee_id)


def _tell_of_course(opened: Session, promise: Promise) -> None:
    for before in _before(promise, "due_at"):
        _tell_of_promise(opened, promise, "promise.moved", before=before)
    for _before_it_ran in _before(promise, "end"):
        _tell_of_end(opened, promise)


def _tell_of_end(opened: Session, promise: Promise) -> None:
    if promise.end is None:
        return
    outcome = promise.outcome(clock.now())
    name = "promise.kept" if outcome is Outcome.KEPT else "promise.ended"
    _tell_of_promise(opened, promise, name, outcome=outcome, ended_at=promise.ended_at)


def _tell_of_promise(opened: Session, promise: Promise, name: str, **more: Any) -> None:
    append(
        name,
        Subject(promise.subject_kind, promise.subject_id),
        opened,
        kind=promise.kind,
        cycle=promise.cycle,
        due_at=promise.due_at,
        **more,
    )


def _before(row: Any, name: str) -> Iterator[Any]:
    """Yield what a column held before, if it changed."""
    history = inspect(row).attrs[name].history
    if history.has_changes():
        yield history.deleted[0] if history.deleted else None


sqlalchemy_event.listen(Session, "before_flush", tell_of_changes)
