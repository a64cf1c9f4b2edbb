"""What happens to appeals when something happens elsewhere."""

from portal.appeals import actions
from portal.core.events import on
from portal.events import OrderFailed, RatingGiven


@on(OrderFailed)
def open_fault(event: OrderFailed) -> None:
    actions.file_fault_of_order(event.account_id, event.user_id, number=event.order_number)


@on(RatingGiven)
def show_rating(event: RatingGiven) -> None:
    if event.subject_kind == "appeal":
        actions.note_rating(event.subject_id, score=event.score)
