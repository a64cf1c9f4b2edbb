"""The steps of an order as a customer sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.core.text import Marked, _l
from portal.services.changes import Act
from portal.services.models import Order
from portal.services.states import OrderState

BADGES = {
    OrderState.COMPLETED: "ok",
    OrderState.PARTIAL: "warn",
    OrderState.FAILED: "bad",
    OrderState.CANCELLED: "",
    OrderState.HELD: "warn",
}
_REASONS = {
    "no_capacity": _l("The line at the address cannot carry this speed."),
    "no_equipment": _l("The equipment is not in stock now."),
    "no_answer": _l("The network does not answer."),
}
_REFUSED = _l("The network refused it.")
_WORK = {Act.ADD: _l("Being connected"), Act.DELETE: _l("Being disconnected")}
_READY = {Act.ADD: _l("Connected"), Act.DELETE: _l("Disconnected")}


@dataclass(frozen=True)
class Step:
    """One step: `state` is done, now, failed or "" (to come); `at` is when it was reached."""

    label: Marked
    state: str
    at: datetime | None = None


def steps_of(order: Order) -> list[Step]:
    """Return the steps of an order, those to come too. Its history must be loaded."""
    reached = {OrderState(step.state): step.at for step in order.history}
    steps = [Step(_l("Accepted"), "done", order.placed_at)]
    if order.needs_technician:
        steps.append(_step(_l("The technician comes"), OrderState.PENDING, order, reached))
    if order.state == OrderState.CANCELLED:
        return [steps[0], Step(_l("Cancelled"), "failed", order.ended_at)]
    act = Act(order.act)
    steps.append(_step(_WORK[act], OrderState.IN_PROGRESS, order, reached))
    return [*steps, _last(order, act)]


def badge_of(order: Order) -> str:
    """Return the look of the order's badge: ok, warn, bad, run or nothing."""
    return BADGES.get(OrderState(order.state), "run")


def reason_of(order: Order) -> Marked | None:
    """Return why an order was not done, in words, or None."""
    return _REASONS.get(order.failure, _REFUSED) if order.failure else None


def version_of(orders: Sequence[Order]) -> str:
    """Return what changes whenever one of the orders does."""
    return "-".join(f"{order.id.hex[-8:]}.{order.version}" for order in orders)


def _step(
    label: Marked, state: OrderState, order: Order, reached: dict[OrderState, datetime]
) -> Step:
    if state not in reached:
        is_next = order.state == OrderState.ACKNOWLEDGED and state is OrderState.IN_PROGRESS
        return Step(label, "now" if is_next else "")
    is_present = order.state == state or (
        order.state == OrderState.HELD and state is OrderState.IN_PROGRESS
    )
    return Step(label, "now" if is_present else "done", reached[state])


def _last(order: Order, act: Act) -> Step:
    if order.state == OrderState.COMPLETED:
        return Step(_READY[act], "done", order.ended_at)
    if order.state in {OrderState.FAILED, OrderState.PARTIAL}:
        return Step(_l("Not done"), "failed", order.ended_at)
    return Step(_READY[act], "")
