"""What people are told about their orders."""

from portal.core.text import _l
from portal.notify.kinds import Kind, register

_LATE = _l(
    "The network has not confirmed order %(number)s yet. We go on asking it, and specialists know."
)

register(
    Kind(
        "services.order_completed",
        "circle-check",
        _l("%(name)s is connected"),
        _l("Order %(number)s is ready: you can use the service now."),
    ),
    Kind(
        "services.order_completed_end",
        "circle-check",
        _l("%(name)s is disconnected"),
        _l("Order %(number)s is ready: you no longer pay for the service."),
    ),
    Kind(
        "services.order_failed",
        "circle-alert",
        _l("%(name)s could not be connected"),
        _l("Order %(number)s was not done and costs nothing. Specialists already know of it."),
    ),
    Kind(
        "services.order_partial",
        "circle-alert",
        _l("Order %(number)s is done in part"),
        _l("In force: %(name)s. The rest was not done. Specialists already know of it."),
    ),
    Kind(
        "services.order_completed_pause",
        "circle-check",
        _l("%(name)s is paused"),
        _l("Order %(number)s is ready: the service rests and starts again by itself."),
    ),
    Kind(
        "services.order_completed_resume",
        "circle-check",
        _l("%(name)s works again"),
        _l("Order %(number)s is ready: you can use the service now."),
    ),
    Kind(
        "services.order_failed_pause",
        "circle-alert",
        _l("%(name)s could not be paused"),
        _l("Order %(number)s was not done. Specialists already know of it."),
    ),
    Kind(
        "services.order_failed_resume",
        "circle-alert",
        _l("%(name)s does not work again yet"),
        _l("Order %(number)s was not done. Specialists already know of it."),
    ),
    Kind(
        "services.order_held_pause",
        "hourglass",
        _l("Pausing %(name)s takes longer"),
        _l("The network does not answer yet. Specialists look at order %(number)s."),
    ),
    Kind(
        "services.order_held_resume",
        "hourglass",
        _l("Resuming %(name)s takes longer"),
        _l("The network does not answer yet. Specialists look at order %(number)s."),
    ),
    Kind(
        "services.order_failed_end",
        "circle-alert",
        _l("%(name)s could not be disconnected"),
        _l("Order %(number)s was not done. Specialists already know of it."),
    ),
    Kind(
        "services.order_held",
        "hourglass",
        _l("Connecting %(name)s takes longer"),
        _l("The network does not answer yet. Specialists look at order %(number)s."),
    ),
    Kind(
        "services.order_held_end",
        "hourglass",
        _l("Disconnecting %(name)s takes longer"),
        _l("The network does not answer yet. Specialists look at order %(number)s."),
    ),
    Kind(
        "services.order_late",
        "hourglass",
        _l("Connecting %(name)s takes longer"),
        _LATE,
    ),
    Kind(
        "services.order_late_end",
        "hourglass",
        _l("Disconnecting %(name)s takes longer"),
        _LATE,
    ),
    Kind(
        "services.order_late_pause",
        "hourglass",
        _l("Pausing %(name)s takes longer"),
        _LATE,
    ),
    Kind(
        "services.order_late_resume",
        "hourglass",
        _l("Resuming %(name)s takes longer"),
        _LATE,
    ),
    Kind(
        "services.order_cancelled",
        "x",
        _l("%(name)s: the order is cancelled"),
        _l("Nothing of order %(number)s holds, and it costs nothing."),
    ),
    Kind(
        "services.limit_set",
        "wallet",
        _l("You may order for %(limit)s a month"),
        _l("The holder of the contract set this limit. What you ordered this month counts."),
    ),
    Kind(
        "services.limit_lifted",
        "wallet",
        _l("You may order without a limit"),
        _l("The holder of the contract lifted the limit."),
    ),
)
