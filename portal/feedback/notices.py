"""What people are asked to rate, in their inbox; the e-mail has a link of its own."""

from portal.core.text import _l
from portal.notify.kinds import Kind, register

register(
    Kind(
        "feedback.contact_asked",
        "star",
        _l("Please rate how we served you, appeal %(number)s"),
        by_email=False,
    ),
    Kind("feedback.order_asked", "star", _l("Please rate order %(number)s"), by_email=False),
    Kind(
        "feedback.visit_asked",
        "star",
        _l("Please rate the technician’s visit, order %(number)s"),
        by_email=False,
    ),
    Kind(
        "feedback.reviews_due",
        "timer",
        _l("Reviews of ratings whose time runs out: %(count)s"),
        by_email=False,
    ),
    Kind(
        "feedback.reviews_late",
        "circle-alert",
        _l("Reviews of ratings that are late: %(count)s"),
        by_email=False,
    ),
)
