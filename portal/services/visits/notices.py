"""What people are told about visits."""

from portal.core.text import _l
from portal.notify.kinds import Kind, register
from portal.services.visits.attachment import calendar_attachment

register(
    Kind(
        "services.visit_booked",
        "calendar-clock",
        _l("The technician comes on %(day)s, %(begin)s–%(end)s"),
        _l(
            "Order %(number)s, %(name)s. You can choose another time until 13:00 of the day before."
        ),
        attach=calendar_attachment,
    ),
    Kind(
        "services.visit_moved",
        "calendar-clock",
        _l("The visit is moved to %(day)s, %(begin)s–%(end)s"),
        _l(
            "Order %(number)s, %(name)s. You can choose another time until 13:00 of the day before."
        ),
        attach=calendar_attachment,
    ),
    Kind(
        "services.visit_cancelled",
        "ban",
        _l("The visit on %(day)s, %(begin)s–%(end)s is cancelled"),
        _l("Nobody comes at that time for order %(number)s, %(name)s."),
        attach=calendar_attachment,
    ),
    Kind(
        "services.visit_reminder",
        "calendar-clock",
        _l("Tomorrow, %(day)s, the technician comes between %(begin)s and %(end)s"),
        _l("Somebody should be at home then. Order %(number)s, %(name)s."),
    ),
    Kind(
        "services.visit_not_home",
        "house",
        _l("The technician found nobody at home"),
        _l(
            "He came on %(day)s for order %(number)s, %(name)s. Choose another time: the order"
            " waits for it."
        ),
    ),
    Kind(
        "services.visit_missed",
        "circle-alert",
        _l("We did not come on %(day)s, and we are sorry"),
        _l(
            "We promised to come between %(begin)s and %(end)s for order %(number)s, %(name)s. The"
            " compensation is on your statement. Choose a new time."
        ),
    ),
)
