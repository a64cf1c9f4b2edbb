"""Tell people what becomes of an order, and those who open appeals for them."""

from portal.accounts.queries import told_of
from portal.core import audit, clock, events
from portal.core.text import LANGUAGES, reading_as
from portal.events import OrderFailed, OrderHeld, OrderLate
from portal.notify.actions import notify
from portal.services.changes import Act, Cause, Change
from portal.services.models import Order
from portal.services.progress import kept_of
from portal.services.states import OrderState

_SUFFIXES: dict[str, str] = {
    Act.ADD: "",
    Act.DELETE: "_end",
    Change.PAUSE: "_pause",
    Change.RESUME: "_resume",
}


def tell(order: Order, kind: str) -> None:
    """Put a notification to who placed the order, if he still may enter, and to the holders."""
    _notify(order, f"{kind}{_SUFFIXES[order.change or order.act]}", _names(order))


def tell_failed(order: Order) -> None:
    """Tell people that an order ended badly, and what of it is in force. Publishes OrderFailed."""
    is_partial = order.state == OrderState.PARTIAL
    events.publish(
        OrderFailed(
            account_id=order.account_id,
            order_id=order.id,
            order_number=order.number,
            user_id=order.placed_by_id,
            is_partial=is_partial,
        )
    )
    if is_partial:
        _notify(order, "services.order_partial", _in_force(order))
    else:
        tell(order, "services.order_failed")


def tell_held(order: Order) -> None:
    """Tell specialists (by OrderHeld) and the customer that the network does not answer."""
    order.told_late_at = clock.now()
    audit.record("services.order_held", subject=order, number=order.number)
    events.publish(OrderHeld(order.account_id, order.id, order.number, order.placed_by_id))
    tell(order, "services.order_held")


def tell_late(order: Order) -> None:
    """Tell specialists (by OrderLate) and the customer that the network takes long. Told once."""
    order.told_late_at = clock.now()
    audit.record("services.order_late", subject=order, number=order.number)
    events.publish(OrderLate(order.account_id, order.id, order.number, order.placed_by_id))
    tell(order, "services.order_late")


def tell_cancelled(order: Order) -> None:
    """Tell people that a held order, which was cancelled a while ago, is taken back."""
    _notify(order, "services.order_cancelled", _names(order))


def order_path(order: Order) -> str:
    """Return the path of the order's page: the worker has no request to build it from."""
    return f"/a/{order.account_id}/services/orders/{order.id}"


def _notify(order: Order, kind: str, name: dict[str, str]) -> None:
    notify(
        told_of(order.account_id, first=order.placed_by_id),
        kind,
        link=order_path(order),
        account_id=order.account_id,
        name=name,
        number=order.number,
    )


def _names(order: Order) -> dict[str, str]:
    asked = [item.offering.names for item in order.items if item.cause == Cause.ASKED]
    return {lang: ", ".join(names[lang] for names in asked) for lang in asked[0]}


def _in_force(order: Order) -> dict[str, str]:
    written = {}
    for language in LANGUAGES:
        with reading_as(language):
            written[language] = "; ".join(kept_of(order))
    return written
