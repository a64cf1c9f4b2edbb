"""The states of an order and of its items, and which step follows which.

Source: TM Forum's product ordering (TMF622); services.md, "Order".
"""

from enum import StrEnum

from portal.core.errors import RuleError
from portal.core.text import Marked, _l


class OrderState(StrEnum):
    ACKNOWLEDGED = "acknowledged"
    PENDING = "pending"  # waits for a technician's visit
    IN_PROGRESS = "in_progress"
    HELD = "held"  # the network does not answer; specialists look at it
    PENDING_CANCELLATION = "pending_cancellation"  # what the network did of it is taken back
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ItemState(StrEnum):
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    UNDONE = "undone"
    KEPT = "kept"  # the rest failed, and the network would not take this one back
    CANCELLED = "cancelled"


S = OrderState
STEPS: dict[OrderState, frozenset[OrderState]] = {
    S.ACKNOWLEDGED: frozenset({S.PENDING, S.IN_PROGRESS, S.PENDING_CANCELLATION}),
    S.PENDING: frozenset({S.IN_PROGRESS, S.PENDING_CANCELLATION}),
    S.IN_PROGRESS: frozenset({S.COMPLETED, S.PARTIAL, S.FAILED, S.HELD}),
    S.HELD: frozenset({S.IN_PROGRESS, S.COMPLETED, S.PARTIAL, S.FAILED, S.PENDING_CANCELLATION}),
    S.PENDING_CANCELLATION: frozenset({S.CANCELLED, S.PARTIAL}),
    S.COMPLETED: frozenset(),
    S.PARTIAL: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
}
ENDED = frozenset(state for state, following in STEPS.items() if not following)
CANCELLABLE = frozenset(
    state for state, following in STEPS.items() if S.PENDING_CANCELLATION in following
)
AT_WORK = frozenset({S.IN_PROGRESS, S.PENDING_CANCELLATION})  # the worker asks the network
GIVEN_UP = frozenset({S.PENDING_CANCELLATION, S.CANCELLED})

I = ItemState  # noqa: E741 - the table below reads better with one letter
ITEM_STEPS: dict[ItemState, frozenset[ItemState]] = {
    I.ACKNOWLEDGED: frozenset({I.IN_PROGRESS, I.CANCELLED}),
    I.IN_PROGRESS: frozenset({I.COMPLETED, I.FAILED, I.CANCELLED}),  # it never heard of it
    I.COMPLETED: frozenset({I.UNDONE, I.KEPT}),
    I.FAILED: frozenset(),
    I.UNDONE: frozenset(),
    I.KEPT: frozenset(),
    I.CANCELLED: frozenset(),
}

LABELS: dict[OrderState, Marked] = {
    S.ACKNOWLEDGED: _l("Accepted"),
    S.PENDING: _l("Waits for the technician"),
    S.IN_PROGRESS: _l("Being done"),
    S.HELD: _l("Specialists are looking at it"),
    S.PENDING_CANCELLATION: _l("Being cancelled"),
    S.COMPLETED: _l("Ready"),
    S.PARTIAL: _l("Done in part"),
    S.FAILED: _l("Not done"),
    S.CANCELLED: _l("Cancelled"),
}


def check_step(present: OrderState, wanted: OrderState) -> None:
    """Raise RuleError if an order cannot go from `present` to `wanted`."""
    if wanted not in STEPS[present]:
        raise RuleError(
            _l("This order is already at “%(state)s”: that can no longer be done."),
            state=LABELS[present],
        )


def check_item_step(present: ItemState, wanted: ItemState) -> None:
    """Raise ValueError if an item cannot go from `present` to `wanted`: nobody asks for that."""
    if wanted not in ITEM_STEPS[present]:
        raise ValueError(f"an item cannot go from {present} to {wanted}")
