"""An order as steps on a line."""

from datetime import datetime

from portal.home.milestones import milestones
from portal.services.models import OrderStep
from portal.services.states import LABELS, OrderState


def _history(noon: datetime, *states: OrderState) -> list[OrderStep]:
    return [OrderStep(state=state, at=noon) for state in states]


def test_the_line_ends_with_what_the_order_waits_for(noon: datetime) -> None:
    steps = milestones(_history(noon, OrderState.ACKNOWLEDGED, OrderState.IN_PROGRESS))

    assert [step.state for step in steps] == ["done", "now", ""]
    assert steps[-1].label == LABELS[OrderState.COMPLETED]
    assert steps[-1].at is None


def test_a_cancelled_order_waits_for_its_cancellation(noon: datetime) -> None:
    steps = milestones(_history(noon, OrderState.ACKNOWLEDGED, OrderState.PENDING_CANCELLATION))

    assert steps[-1].label == LABELS[OrderState.CANCELLED]


def test_a_long_history_keeps_the_line_short(noon: datetime) -> None:
    turns = [OrderState.IN_PROGRESS, OrderState.HELD] * 5

    assert len(milestones(_history(noon, OrderState.ACKNOWLEDGED, *turns))) == 4
