"""The history of an order as a customer reads it: what, when, who and why."""

from dataclasses import dataclass
from datetime import datetime

from portal.core.text import Marked, _l, translate
from portal.services.models import Order, OrderStep
from portal.services.progress import REASONS, REFUSED
from portal.services.states import LABELS, OrderState

_BAD = {OrderState.FAILED, OrderState.PARTIAL, OrderState.CANCELLED}
_NOTES: dict[str, Marked] = {
    **REASONS,
    "visited": _l("The technician has been there."),
    "retried": _l("Specialists let it be tried again."),
    "answered": _l("The network has answered."),
}
_BY = _l("by %(name)s")
_SPECIALIST = _l("a specialist")


@dataclass(frozen=True)
class Moment:
    """One line of the history; `who` and `why` are empty where there is nothing to name."""

    label: Marked
    at: datetime
    who: str
    why: Marked | str
    is_bad: bool


def history_of(order: Order) -> list[Moment]:
    """Return the history of an order; it must be loaded with who took each step."""
    return [_moment(step) for step in order.history]


def _moment(step: OrderStep) -> Moment:
    state = OrderState(step.state)
    return Moment(LABELS[state], step.at, _who(step), _why(step), state in _BAD)


def _who(step: OrderStep) -> str:
    """Name a member; of staff, whom the customer may not see, say only that it was one of them."""
    if step.by_id is None:
        return ""
    is_member = step.by is not None and not step.by.is_staff
    name = step.by.name if step.by and is_member else translate(_SPECIALIST)
    return translate(_BY, name=name)


def _why(step: OrderStep) -> Marked | str:
    return _NOTES.get(step.note, REFUSED) if step.note else ""
