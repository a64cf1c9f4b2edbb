"""Which call to the network an order needs next, and when it is asked again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from portal.accounts.models import Account
from portal.core import clock
from portal.core.db import session
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
from portal.services.states import ItemState, OrderState

UNDO = ":undo"
# Longer than calls last that somebody made before the order was held.
SETTLED_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class Step:
    """One call to the network for an item; `undoes` when it takes back what was done.

    `is_new` when nobody can have asked for it before; `only_asks` when nothing shall be done any
    more and it is only inquired about; `since` is when it was begun.
    """

    item_id: UUID
    operation: Operation
    work: Work
    undoes: bool
    is_new: bool
    only_asks: bool
    since: datetime

    def ask(self) -> Answer | None:
        """Ask the network; what may have been asked before is inquired about first.

        None: it is only inquired about, and the network never heard of it.
        Raises NoAnswerError if it stays unknown what became of it, NetworkDownError.
        """
        network = gateway()
        known = None if self.is_new else network.status(self.work.reference)
        if known or self.only_asks:
            return known
        try:
            return ask(network, self.operation, self.work)
        except NoAnswerError:
            known = network.status(self.work.reference)
            if known is None:
                raise
            return known


def next_step(order: Order, now: datetime) -> Step | None:
    """Return the next call for an order that is under way, None if there is none left.

    What the network refused, or the customer cancels, is taken back, the last first; what is
    unknown of a cancelled order is inquired about before.
    """
    is_given_up = order.state == OrderState.PENDING_CANCELLATION
    if asked := _first(order, ItemState.IN_PROGRESS):
        return _step(order, asked, only_asks=is_given_up)
    if is_given_up or _first(order, ItemState.FAILED):
        done = [item for item in order.items if item.state == ItemState.COMPLETED]
        return _step(order, done[-1], undoes=True) if done else None
    if item := _first(order, ItemState.ACKNOWLEDGED):
        item.go(ItemState.IN_PROGRESS, now=now)
        return _step(order, item, is_new=True)
    return None


def settled_at(order: Order) -> datetime:
    """Return from when on the network is believed that it never heard of a held order's item.

    A call that somebody made before the order was held may still be on its way until then.
    """
    held = [step.at for step in order.history if step.state == OrderState.HELD]
    return max(held, default=order.placed_at) + SETTLED_AFTER


def pause_after_silence(tries: int) -> timedelta:
    """Return how long an order waits after so many tries without an answer, before jitter."""
    return min(timedelta(seconds=2 ** min(tries, 6)), timedelta(minutes=1))


def pause_between_questions(passed: timedelta) -> timedelta:
    """Return when to ask again about work that the network has had for so long."""
    return min(max(passed / 4, timedelta(seconds=2)), timedelta(minutes=1))


def _first(order: Order, state: ItemState) -> OrderItem | None:
    return next((item for item in order.items if item.state == state), None)


def _step(
    order: Order,
    item: OrderItem,
    *,
    undoes: bool = False,
    is_new: bool = False,
    only_asks: bool = False,
) -> Step:
    number = session.scalars(select(Account.number).where(Account.id == order.account_id)).one()
    deed = deed_of(item.act, item.change, undoes=undoes)
    work = Work(
        reference=f"{item.id}{UNDO}" if undoes else str(item.id),
        service=f"{number}/{item.offering.code}",
        offering_code=item.offering.code,
        change=deed.change,
    )
    begun = item.finished_at if undoes else item.started_at
    return Step(item.id, deed.operation, work, undoes, is_new, only_asks, begun or clock.now())
