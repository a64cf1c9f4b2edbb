"""Notice orders that the network has had for hours, whatever it answers meanwhile."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select

from portal.core import clock
from portal.core.db import transaction
from portal.core.errors import NotFoundError
from portal.services.actions.telling import tell_late
from portal.services.models import Order, OrderStep
from portal.services.queries import locked_order
from portal.services.states import OrderState

LATE_AFTER = timedelta(hours=4)
AT_ONCE = 100


def tell_of_late_orders() -> int:
    """Tell people, once, of orders whose work began LATE_AFTER ago and goes on; return how many.

    Neither a network that is down nor one that is never done holds an order: it is asked on.
    At most AT_ONCE at a time; call it again until it returns 0.
    """
    late = _is_late(clock.now())
    with transaction() as own:
        found = own.scalars(select(Order.id).where(late).order_by(Order.id).limit(AT_ONCE)).all()
    for order_id in found:
        with transaction():
            try:
                tell_late(locked_order(and_(Order.id == order_id, late)))
            except NotFoundError:
                continue  # It was done, or told of, meanwhile.
    return len(found)


def _is_late(now: datetime) -> ColumnElement[bool]:
    began = (
        select(OrderStep.id)
        .where(OrderStep.order_id == Order.id, OrderStep.at <= now - LATE_AFTER)
        .where(OrderStep.state == OrderState.IN_PROGRESS.value)
        .exists()
    )
    return and_(
        Order.state == OrderState.IN_PROGRESS.value,
        Order.starts_at <= now - LATE_AFTER,
        Order.told_late_at.is_(None),
        began,
    )
