"""Carry an order out: claim an item, ask the network, write down what it said; then the next.

No call is made inside a transaction. Each step may be repeated: the network knows an item by its
id, and what is written down is written once.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from portal.accounts.models import Account
from portal.core import clock
from portal.core.db import session, transaction
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.services.actions.completion import complete, fail, tell_held
from portal.services.actions.orders import start_work
from portal.services.activation import (
    Answer,
    NoAnswerError,
    Operation,
    Work,
    ask,
    deed_of,
    gateway,
)
from portal.services.models import Order, OrderItem
from portal.services.queries import locked_order
from portal.services.states import ItemState, OrderState

log = logging.getLogger(__name__)

MOST_TRIES = 8
OVERDUE = timedelta(seconds=60)
AT_ONCE = 100


@dataclass(frozen=True)
class Step:
    """One call to the network for an item; `undoes` when it takes back what was done."""

    item_id: UUID
    operation: Operation
    work: Work
    undoes: bool

    def ask(self) -> Answer:
        """Ask the network. Raises NoAnswerError if it stays unknown what became of it."""
        network = gateway()
        try:
            return ask(network, self.operation, self.work)
        except NoAnswerError:
            known = network.status(self.work.reference)
            if known is None:
                raise
            return known


def fulfil_order(order_id: UUID) -> None:
    """Carry an order out until it ends. May be called twice, also at the same time.

    Raises NoAnswerError to be tried again later; after MOST_TRIES the order is held and
    specialists are told.
    """
    while step := _claim(order_id):
        try:
            answer = step.ask()
        except NoAnswerError:
            if _give_up(order_id):
                return
            raise
        _record(order_id, step, answer)


def resume_orders() -> int:
    """Let the worker take up orders that are overdue, whatever became of their jobs.

    Returns how many. At most AT_ONCE at a time, the oldest first.
    """
    now = clock.now()
    waiting = [OrderState.ACKNOWLEDGED, OrderState.IN_PROGRESS]
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


def retry_order(number: str) -> None:
    """Take up a held order again, once the network is well.

    Raises NotFoundError for an unknown number, RuleError if the order is not held.
    """
    order = locked_order(Order.number == number)
    if order.state != OrderState.HELD:
        raise RuleError(_l("This order is not held."))
    now = clock.now()
    order.go(OrderState.IN_PROGRESS, now=now, note="retried")
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
        step = _next_step(order, now)
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
    return order.state == OrderState.IN_PROGRESS


def _next_step(order: Order, now: datetime) -> Step | None:
    if any(item.state == ItemState.FAILED for item in order.items):
        done = [item for item in order.items if item.state == ItemState.COMPLETED]
        return _step(order, done[-1], undoes=True) if done else None
    for item in order.items:
        if item.state == ItemState.ACKNOWLEDGED:
            item.go(ItemState.IN_PROGRESS, now=now)
        if item.state == ItemState.IN_PROGRESS:
            return _step(order, item, undoes=False)
    return None


def _step(order: Order, item: OrderItem, *, undoes: bool) -> Step:
    number = session.scalars(select(Account.number).where(Account.id == order.account_id)).one()
    deed = deed_of(item.act, item.change, undoes=undoes)
    work = Work(
        reference=f"{item.id}:undo" if undoes else str(item.id),
        service=f"{number}/{item.offering.code}",
        offering_code=item.offering.code,
        change=deed.change,
    )
    return Step(item.id, deed.operation, work, undoes=undoes)


def _record(order_id: UUID, step: Step, answer: Answer) -> None:
    """Write down what the network said; a second time changes nothing."""
    with transaction():
        order = locked_order(Order.id == order_id)
        item = next(item for item in order.items if item.id == step.item_id)
        if item.state != (ItemState.COMPLETED if step.undoes else ItemState.IN_PROGRESS):
            return
        item.go(_state_after(step, answer), now=clock.now())
        order.tries = 0
        if not answer.is_done:
            order.failure = order.failure or answer.reason or "refused"


def _state_after(step: Step, answer: Answer) -> ItemState:
    if step.undoes:
        return ItemState.UNDONE if answer.is_done else ItemState.KEPT
    return ItemState.COMPLETED if answer.is_done else ItemState.FAILED


def _end(order: Order, now: datetime) -> None:
    if any(item.state == ItemState.FAILED for item in order.items):
        fail(order, now=now)
    else:
        complete(order, now=now)


def _give_up(order_id: UUID) -> bool:
    """Hold the order if the network was asked too often in vain; say whether it was."""
    with transaction():
        order = locked_order(Order.id == order_id)
        if order.state != OrderState.IN_PROGRESS or order.tries < MOST_TRIES:
            return order.state != OrderState.IN_PROGRESS
        order.failure = "no_answer"
        order.go(OrderState.HELD, now=clock.now())
        tell_held(order)
        return True
