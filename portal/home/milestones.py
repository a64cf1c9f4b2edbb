"""An order as steps on a line: what was done, where it stands, what comes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.services.models import OrderStep
from portal.services.states import LABELS, OrderState

LAST_SHOWN = 3


@dataclass(frozen=True)
class Milestone:
    """A step: its label, when it was reached (None: not yet), and `done`, `now` or nothing."""

    label: Any
    at: datetime | None
    state: str


def milestones(history: Sequence[OrderStep]) -> list[Milestone]:
    """Return the newest steps of an order that has not ended, and the end that it waits for."""
    reached = history[-LAST_SHOWN:]
    steps = [
        Milestone(LABELS[OrderState(step.state)], step.at, "now" if step is reached[-1] else "done")
        for step in reached
    ]
    end = OrderState.COMPLETED
    if reached and reached[-1].state == OrderState.PENDING_CANCELLATION:
        end = OrderState.CANCELLED
    return [*steps, Milestone(LABELS[end], None, "")]
