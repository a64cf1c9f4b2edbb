"""Carry an order out: claim an item, ask the network, write down what it said; then the next.

No call is made inside a transaction. Each step may be repeated: the network knows an item by its
id, and what is written down is written once.
"""

import logging
from datetime import datetime, timedelta
from random import SystemRandom
from uuid import UUID

from sqlalchemy import select

from portal.accounts.models import User
from portal.core import audit, clock
from portal.core.db import session, transaction
from portal.core.errors import RuleError
from portal.core.jobs import enqueue, hurry, is_waiting
from portal.core.text import _l
from portal.services.actions.completion import call_off, complete, fail
from portal.services.actions.orders import lock_of, start_work
from portal.services.actions.stepping import (
    UNDO,
    Step,
    next_step,
    pause_after_silence,
    pause_between_questions,
    settled_at,
)
from portal.services.actions.telling import tell_cancelled, tell_held
from portal.services.activation import Answer, NetworkDownError, NoAnswerError, Outcome
from portal.services.models import Order, OrderItem
from portal.services.queries import locked_order
from portal.services.states import AT_WORK, ItemState, OrderState

log = logging.getLogger(__name__)

HEAR = "portal.services.jobs.hear"
MOST_TRIES = 8
OVERDUE = timedelta(seconds=60)
AT_ONCE = 100
LONGEST_JITTER = timedelta(seconds=5)
SILENCE = "no_answer"
CHANCE = SystemRandom()


def fulfil_order(order_id: UUID) -> None:
    """Carry an order out until it ends or has to wait. May be called twice, also at once.

    It waits, with a job of its own, where the network is down, does not answer or is not done yet.
    After MOST_TRIES silent tries while the network answers others it is held and people are told;
    one that is being cancelled is asked about until the network answers.
    """
    while step := _claim(order_id):
        try:
            answer = step.ask()
        except NetworkDownError as error:
            _wait(order_id, error.until)
            return
        except NoAnswerError as error:
            log.warning("order.unanswered id=%s why=%s", order_id, error)
            _try_again(order_id)
            return
        if not _record(order_id, step, answer):
            return


def hear_later(reference: str) -> None:
    """Let the worker look into what the network told about `reference`."""
    enqueue(session, HEAR, reference=reference)


def hear(reference: str) -> None:
    """Ask at once what became of `reference`: the network says that something did.

    What it says is not believed, only looked into, so that it may say so twice, or late, or in
    another order. A held order goes on. Nothing happens if no such item is under way.
    """
    item_id = _item_of(reference)
    with transaction():
        found = session.scalar(select(OrderItem.order_id).where(OrderItem.id == item_id))
        order = locked_order(Order.id == found) if found else None
        if order and order.state == OrderState.HELD:
            _go_on(order, note="answered")
        elif order and order.state in AT_WORK and not hurry(session, lock_of(order)):
            start_work(order, at=clock.now())


def _item_of(reference: str) -> UUID | None:
    try:
        return UUID(reference.removesuffix(UNDO))
    except ValueError:
        return None


def resume_orders() -> int:
    """Let the worker take up orders that are overdue, whatever became of their jobs.

    Returns how many. At most AT_ONCE at a time, the oldest first.
    """
    now = clock.now()
    waiting = [OrderState.ACKNOWLEDGED, *AT_WORK]
    with transaction() as own:
        overdue = own.scalars(
            select(Order)
            .where(Order.state.in_(waiting), Order.next_try_at < now - OVERDUE)
            .order_by(Order.next_try_at, Order.id)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        for order in overdue:
            log.warning("order.resumed id=%s", order.id)
            start_work(order, at=now)
    return len(overdue)


def retry_order(number: str, *, by: User | None = None) -> Order:
    """Take up a held order again, once the network is well; `by` is None for a command.

    Records `services.order_retried`. Raises NotFoundError for an unknown number, RuleError if the
    order is not held.
    """
    order = locked_order(Order.number == number)
    if order.state != OrderState.HELD:
        raise RuleError(_l("This order is not held."))
    _go_on(order, note="retried", by=by)
    audit.record("services.order_retried", subject=order, actor=by, number=number)
    return order


def _go_on(order: Order, *, note: str, by: User | None = None) -> None:
    """Take up a held order."""
    now = clock.now()
    order.go(OrderState.IN_PROGRESS, now=now, note=note, by=by.id if by else None)
    order.failure = None if order.failure == SILENCE else order.failure
    order.tries = 0
    start_work(order, at=now)


def _claim(order_id: UUID) -> Step | None:
    """Choose the next call, or end the order when there is none. None: nothing is left to do."""
    now = clock.now()
    with transaction():
        order = locked_order(Order.id == order_id)
        if not _is_under_way(order, now):
            return None
        order.tries += 1
        order.next_try_at = now + OVERDUE
        step = next_step(order, now)
        if step is None:
            _end(order, now)
        return step


def _is_under_way(order: Order, now: datetime) -> bool:
    """Start the order if its time has come; say whether there is work on it."""
    if order.state == OrderState.ACKNOWLEDGED:
        if now < order.starts_at:
            start_work(order, at=order.starts_at)
            return False
        order.go(OrderState.IN_PROGRESS, now=now)
    return order.state in AT_WORK


def _record(order_id: UUID, step: Step, answer: Answer | None) -> bool:
    """Write down what the network said; a second time changes nothing. False: it has to wait."""
    now = clock.now()
    with transaction():
        order = locked_order(Order.id == order_id)
        item = next(item for item in order.items if item.id == step.item_id)
        if item.state != (ItemState.COMPLETED if step.undoes else ItemState.IN_PROGRESS):
            return True
        order.tries = 0
        if again_at := _again_at(order, step, answer, now):
            _come_back(order, at=again_at)
            return False
        item.go(_state_after(step, answer), now=now)
        if answer and not answer.is_done:
            order.failure = order.failure or answer.reason or "refused"
        return True


def _again_at(order: Order, step: Step, answer: Answer | None, now: datetime) -> datetime | None:
    """Return when to ask again, None if the answer is the last word."""
    if answer is None:
        return settled_at(order) if now < settled_at(order) else None
    if answer.outcome is Outcome.UNDER_WAY:
        return now + pause_between_questions(now - step.since)
    return None


def _state_after(step: Step, answer: Answer | None) -> ItemState:
    if answer is None:
        return ItemState.CANCELLED
    if step.undoes:
        return ItemState.UNDONE if answer.is_done else ItemState.KEPT
    return ItemState.COMPLETED if answer.is_done else ItemState.FAILED


def _end(order: Order, now: datetime) -> None:
    states = {item.state for item in order.items}
    if order.state == OrderState.PENDING_CANCELLATION and ItemState.KEPT not in states:
        call_off(order, now=now)
        tell_cancelled(order)
    elif states & {ItemState.FAILED, ItemState.KEPT}:
        fail(order, now=now)
    else:
        complete(order, now=now)


def _wait(order_id: UUID, until: datetime) -> None:
    """Let an order wait for a network that is down: that is no try of the order's own."""
    with transaction():
        order = locked_order(Order.id == order_id)
        if order.state in AT_WORK:
            order.tries = max(order.tries - 1, 0)
            _come_back(order, at=until + LONGEST_JITTER * CHANCE.random())


def _try_again(order_id: UUID) -> None:
    """Let an order that got no answer wait, or hold it if it asked too often in vain."""
    with transaction():
        order = locked_order(Order.id == order_id)
        if order.state not in AT_WORK:
            return
        now = clock.now()
        if order.tries < MOST_TRIES or order.state == OrderState.PENDING_CANCELLATION:
            pause = pause_after_silence(order.tries) * CHANCE.uniform(0.5, 1.5)
            _come_back(order, at=now + pause)
            return
        order.failure = order.failure or SILENCE
        order.go(OrderState.HELD, now=now, note=SILENCE)
        tell_held(order)


def _come_back(order: Order, *, at: datetime) -> None:
    """Let one job take the order up again; one that waits already will do."""
    order.next_try_at = at
    if not is_waiting(session, lock_of(order)):
        start_work(order, at=at)
