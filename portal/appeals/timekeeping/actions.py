"""Staff are told of promises that run out; customers see what a broken one brought back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from portal.accounts.queries import supervisors
from portal.appeals.models import Appeal
from portal.appeals.queries import SUBJECT
from portal.appeals.timekeeping import queries
from portal.appeals.timekeeping.models import AppealCredit
from portal.appeals.timekeeping.naming import NAMES
from portal.appeals.timekeeping.queries import Watched
from portal.core import clock
from portal.core.db import session
from portal.core.text import LANGUAGES, reading_as, translate
from portal.events import CompensationCredited, PromiseBroken, PromiseDue, PromiseLate
from portal.notify.actions import Notice, notify, notify_all
from portal.promises.policy import Kind
from portal.promises.steps import HALF

Step = PromiseDue | PromiseBroken | PromiseLate
Told = tuple[Step, Watched]
_NAMED_AT_MOST = 10
_SECOND_DAY = 2


def tell_staff(steps: Sequence[Step]) -> None:
    """Tell of what passed at once: assignees of each of theirs, then supervisors in one notice.

    Supervisors hear of warnings that nobody would hear of, of every breach, and of what is still
    open a day later. Three statements, whatever the number of steps.
    Source: appeals-and-sla.md, "Tracker".
    """
    ours = [step for step in steps if step.subject_kind == SUBJECT]
    if not ours:
        return
    appeals = queries.watched({step.subject_id for step in ours})
    told = [(step, appeals[step.subject_id]) for step in ours]
    notify_all([*_to_assignees(told), *_to_supervisors(told, supervisors())])


def show_credit(event: CompensationCredited) -> None:
    """Write down what was given back for an appeal, and tell who holds the contract."""
    if event.subject_kind != SUBJECT:
        return
    appeal = session.get_one(Appeal, event.subject_id)
    session.add(
        AppealCredit(
            appeal_id=appeal.id,
            promise_kind=event.kind,
            cycle=event.cycle,
            day=event.day,
            amount=event.amount,
            credited_at=clock.now(),
        )
    )
    notify(
        queries.owners_of(appeal),
        "appeals.compensated",
        link=f"/a/{event.account_id}/appeals/{appeal.id}",
        account_id=event.account_id,
        amount=event.amount,
        number=appeal.number,
        topic=appeal.subject,
    )


def _to_assignees(told: Iterable[Told]) -> Iterator[Notice]:
    for step, appeal in told:
        if appeal.assignee_id and not isinstance(step, PromiseLate):
            kind = f"appeals.{_word(step)}"
            yield Notice(appeal.assignee_id, kind, _link(appeal), _values(step, appeal))


def _to_supervisors(told: Sequence[Told], readers: Iterable[UUID]) -> Iterator[Notice]:
    """Return a notice for each of three heaps that is not empty, whatever their size."""
    heaps = {
        "promises_broken": [one for step, one in told if isinstance(step, PromiseBroken)],
        "still_late": [one for step, one in told if _is_next_day(step)],
        "nobody_has_them": [
            one for step, one in told if isinstance(step, PromiseDue) and not one.assignee_id
        ],
    }
    for supervisor in readers:
        for word, heap in heaps.items():
            if heap:
                yield Notice(supervisor, f"appeals.{word}", _link(*heap), _named(heap))


def _word(step: PromiseDue | PromiseBroken) -> str:
    if isinstance(step, PromiseBroken):
        return "promise_broken"
    return "half_passed" if step.percent == HALF else "little_left"


def _is_next_day(step: Step) -> bool:
    return isinstance(step, PromiseLate) and step.day == _SECOND_DAY


def _link(*appeals: Watched) -> str:
    """Return where one appeal is worked on, or the queue when there are several."""
    ids = {appeal.id for appeal in appeals}
    return f"/staff/appeals/{ids.pop()}" if len(ids) == 1 else "/staff/queue"


def _values(step: PromiseDue | PromiseBroken, appeal: Watched) -> dict[str, Any]:
    return {
        "number": appeal.number,
        "topic": appeal.topic,
        "promise": _name(step.kind),
        "due": step.due_at,
    }


def _named(heap: Sequence[Watched]) -> dict[str, Any]:
    numbers = list(dict.fromkeys(appeal.number for appeal in heap))
    more = ["…"] if len(numbers) > _NAMED_AT_MOST else []
    return {"count": len(heap), "numbers": ", ".join(numbers[:_NAMED_AT_MOST] + more)}


@cache
def _name(kind: str) -> Mapping[str, str]:
    """Return the name of a promise in each language."""
    names = {}
    for language in LANGUAGES:
        with reading_as(language):
            names[language] = translate(NAMES[Kind(kind)])
    return names
