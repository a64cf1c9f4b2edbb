"""The steps of an order as a customer sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.core.text import Marked, _l, local, money, ngettext, translate
from portal.services.changes import Act, Cause, Change
from portal.services.models import Order
from portal.services.presenting import title_of
from portal.services.states import ItemState, OrderState
from portal.services.terms import WITHDRAWAL
from portal.services.visits.states import OBSTACLES

BADGES = {
    OrderState.COMPLETED: "ok",
    OrderState.PARTIAL: "warn",
    OrderState.FAILED: "bad",
    OrderState.CANCELLED: "",
    OrderState.HELD: "warn",
}
REASONS: dict[str, Marked] = {
    "no_capacity": _l("The line at the address cannot carry this speed."),
    "no_equipment": _l("The equipment is not in stock now."),
    "no_answer": _l("The network does not answer."),
    **{each.value: words for each, words in OBSTACLES.items()},
}
REFUSED = _l("The network refused it.")
_WORK: dict[str, Marked] = {
    Act.ADD: _l("Being connected"),
    Act.DELETE: _l("Being disconnected"),
    Change.PAUSE: _l("Being paused"),
    Change.RESUME: _l("Being resumed"),
}
_READY: dict[str, Marked] = {
    Act.ADD: _l("Connected"),
    Act.DELETE: _l("Disconnected"),
    Change.PAUSE: _l("Is paused"),
    Change.RESUME: _l("Works again"),
}


_IN_FORCE: dict[str, Marked] = {
    Act.ADD: _l("%(name)s works and costs %(sum)s a month"),
    Act.DELETE: _l("%(name)s is disconnected"),
    Change.PAUSE: _l("%(name)s is paused"),
    Change.RESUME: _l("%(name)s works again"),
}


@dataclass(frozen=True)
class Step:
    """One step: `state` is done, now, failed or "" (to come); `at` is when it was reached."""

    label: Marked
    state: str
    at: datetime | None = None


def title_of_order(order: Order) -> str:
    """Return what an order does, in a few words. Its quote and offering must be loaded."""
    wish = order.quote.wish
    name, more = order.offering.name, len(wish.codes) - 1
    if more > 0:
        name = ngettext("%(name)s and %(num)s more", "%(name)s and %(num)s more", more, name=name)
    replaces = any(item.cause is Cause.REPLACED for item in order.quote.terms.items)
    return title_of(wish, [name], replaces=replaces)


def steps_of(order: Order, *, comes_at: datetime | None = None) -> list[Step]:
    """Return the steps of an order, those to come too. Its history and quote must be loaded.

    `comes_at` is when the technician comes, if a time is booked.
    """
    reached = {OrderState(step.state): step.at for step in reversed(order.history)}
    steps = [Step(_l("Accepted"), "done", order.placed_at)]
    if order.state == OrderState.CANCELLED:
        return [steps[0], Step(_l("Cancelled"), "failed", order.ended_at)]
    if order.state == OrderState.PENDING_CANCELLATION:
        return [
            steps[0],
            Step(_l("Being cancelled"), "now", reached[OrderState.PENDING_CANCELLATION]),
        ]
    if order.needs_technician:
        steps.append(_visit_step(order, reached, comes_at))
    wish = order.quote.wish
    if wish.on:
        waits = OrderState.IN_PROGRESS not in reached
        steps.append(Step(_l("Waits for its day"), "now" if waits else "done", order.starts_at))
    kind = wish.change or wish.act
    steps.append(_step(_WORK[kind], OrderState.IN_PROGRESS, order, reached))
    return [*steps, _last(order, _READY[kind])]


def withdrawal_end(order: Order, today: date) -> date | None:
    """Return the day before which one leaves what the order began without a fee; None if over."""
    if order.act != Act.ADD or order.state != OrderState.COMPLETED or order.ended_at is None:
        return None
    end = local(order.ended_at).date() + WITHDRAWAL
    return end if today < end else None


def badge_of(order: Order) -> str:
    """Return the look of the order's badge: ok, warn, bad, run or nothing."""
    return BADGES.get(OrderState(order.state), "run")


def reason_of(order: Order) -> Marked | None:
    """Return why an order was not done, in words, or None."""
    return REASONS.get(order.failure, REFUSED) if order.failure else None


def kept_of(order: Order) -> list[str]:
    """Return what is in force of an order done in part, each in words with its price a month."""
    return [
        translate(
            _IN_FORCE[item.change or item.act], name=item.offering.name, sum=money(item.price)
        )
        for item in order.items
        if item.state == ItemState.KEPT
    ]


def version_of(orders: Sequence[Order]) -> str:
    """Return what changes whenever one of the orders does."""
    return "-".join(f"{order.id.hex[-8:]}.{order.version}" for order in orders)


def _step(
    label: Marked, state: OrderState, order: Order, reached: dict[OrderState, datetime]
) -> Step:
    if state not in reached:
        is_next = (
            order.state == OrderState.ACKNOWLEDGED
            and state is OrderState.IN_PROGRESS
            and not order.quote.wish.on
        )
        return Step(label, "now" if is_next else "")
    is_present = order.state == state or (
        order.state == OrderState.HELD and state is OrderState.IN_PROGRESS
    )
    return Step(label, "now" if is_present else "done", reached[state])


def _visit_step(
    order: Order, reached: dict[OrderState, datetime], comes_at: datetime | None
) -> Step:
    """Return the technician's step: its time is when he comes, or when he was done."""
    label = _l("The technician comes")
    if order.state == OrderState.PENDING:
        return Step(label, "now", comes_at)
    is_over = OrderState.PENDING in reached
    return Step(label, "done" if is_over else "", reached.get(OrderState.IN_PROGRESS))


def _last(order: Order, ready: Marked) -> Step:
    if order.state == OrderState.COMPLETED:
        return Step(ready, "done", order.ended_at)
    if order.state == OrderState.PARTIAL:
        return Step(_l("Done in part"), "failed", order.ended_at)
    if order.state == OrderState.FAILED:
        return Step(_l("Not done"), "failed", order.ended_at)
    return Step(ready, "")
