"""A network of its own for laptops and tests: it keeps its books apart from the portal's.

What it did stays done when the portal forgets, is killed or rolls back, as with a real network.
How it treats an offering stands in `network_habit`.
"""

import time
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from portal.core import clock, ids
from portal.core.db import separately
from portal.services.activation import Answer, NoAnswerError, Operation, Outcome, Work
from portal.services.models import NetworkEntry, NetworkHabit

ANY_OFFERING = "*"


@dataclass(frozen=True)
class Habit:
    """`delay` is in seconds; the first `lost_answers` answers to a reference never arrive."""

    delay: float = 0
    refusal: str | None = None
    refused: str = "activate"
    lost_answers: int = 0


class Simulator:
    """An ActivationGateway on tables that no order touches."""

    def close(self) -> None:
        """Nothing to let go of: each call has a connection of its own."""

    def activate(self, work: Work) -> Answer:
        return self._do(Operation.ACTIVATE, work)

    def change(self, work: Work) -> Answer:
        return self._do(Operation.CHANGE, work)

    def deactivate(self, work: Work) -> Answer:
        return self._do(Operation.DEACTIVATE, work)

    def status(self, reference: str) -> Answer | None:
        with separately() as books:
            entry = books.scalar(select(NetworkEntry).where(NetworkEntry.reference == reference))
            return _answer(entry.is_done, entry.reason) if entry else None

    def _do(self, operation: Operation, work: Work) -> Answer:
        habit = _habit_of(work.offering_code)
        time.sleep(habit.delay / 2)
        refusal = habit.refusal if operation == habit.refused else None
        answer, calls = _write(operation, work, refusal)
        time.sleep(habit.delay / 2)
        if calls <= habit.lost_answers:
            raise NoAnswerError(f"no answer to {work.reference}")
        return answer


def _habit_of(code: str) -> Habit:
    with separately() as books:
        found = {
            habit.offering_code: Habit(
                habit.delay_ms / 1000, habit.refusal, habit.refused, habit.lost_answers
            )
            for habit in books.scalars(
                select(NetworkHabit).where(NetworkHabit.offering_code.in_([code, ANY_OFFERING]))
            )
        }
    return found.get(code) or found.get(ANY_OFFERING) or Habit()


def _answer(is_done: bool, reason: str | None) -> Answer:
    return Answer(Outcome.DONE if is_done else Outcome.REFUSED, reason)


def _write(operation: Operation, work: Work, refusal: str | None) -> tuple[Answer, int]:
    """Do it if this reference is new; return the first answer, and how often it was asked."""
    entry = insert(NetworkEntry).values(
        id=ids.uuid7(),
        reference=work.reference,
        operation=operation.value,
        change=work.change,
        service=work.service,
        is_done=refusal is None,
        reason=refusal,
        calls=1,
        created_at=clock.now(),
    )
    with separately() as books:
        done = books.scalar(entry.on_conflict_do_nothing().returning(NetworkEntry.id))
        if not done:
            books.execute(
                update(NetworkEntry)
                .where(NetworkEntry.reference == work.reference)
                .values(calls=NetworkEntry.calls + 1)
            )
        row = books.execute(
            select(NetworkEntry.is_done, NetworkEntry.reason, NetworkEntry.calls).where(
                NetworkEntry.reference == work.reference
            )
        ).one()
    return _answer(row.is_done, row.reason), row.calls
