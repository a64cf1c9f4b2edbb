"""What happens to appeals when something happens elsewhere."""

from portal.appeals import actions
from portal.appeals.actions.orders import Matter
from portal.core.events import on
from portal.events import (
    OrderCancelled,
    OrderCancelling,
    OrderCompleted,
    OrderFailed,
    OrderHeld,
    OrderLate,
    RatingGiven,
)


@on(OrderFailed)
def open_fault(event: OrderFailed) -> None:
    _file(event, Matter.PARTIAL if event.is_partial else Matter.FAILED)


@on(OrderHeld)
def open_fault_of_held(event: OrderHeld) -> None:
    _file(event, Matter.HELD)


@on(OrderLate)
def open_fault_of_late(event: OrderLate) -> None:
    _file(event, Matter.LATE)


@on(OrderCompleted)
def note_done(event: OrderCompleted) -> None:
    actions.note_order(event.order_id, number=event.order_number, matter=Matter.DONE)


@on(OrderCancelling)
def note_cancelling(event: OrderCancelling) -> None:
    actions.note_order(event.order_id, number=event.order_number, matter=Matter.CANCELLING)


@on(OrderCancelled)
def note_cancelled(event: OrderCancelled) -> None:
    actions.note_order(event.order_id, number=event.order_number, matter=Matter.CANCELLED)


@on(RatingGiven)
def show_rating(event: RatingGiven) -> None:
    if event.subject_kind == "appeal":
        actions.note_rating(event.subject_id, score=event.score)


def _file(event: OrderFailed | OrderHeld | OrderLate, matter: Matter) -> None:
    actions.file_fault_of_order(
        event.account_id,
        event.user_id,
        order_id=event.order_id,
        number=event.order_number,
        matter=matter,
    )
