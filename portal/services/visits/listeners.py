"""What happens to a visit when something happens to its order."""

from portal.core.events import on
from portal.events import OrderCancelled
from portal.services.visits import actions


@on(OrderCancelled)
def free_place(event: OrderCancelled) -> None:
    actions.release_visit(event.order_id)
