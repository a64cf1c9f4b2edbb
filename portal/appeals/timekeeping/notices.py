"""What staff are told when a promise's time runs out, and customers when money comes back."""

from portal.core.text import _l
from portal.notify.kinds import Kind, register

_OPEN = _l("Open the appeal")
_BODY = _l("“%(topic)s”. %(promise)s: by %(due)s.")

register(
    Kind(
        "appeals.half_passed",
        "timer",
        _l("%(number)s: half of the time has passed"),
        _BODY,
        _OPEN,
        by_email=False,
    ),
    Kind(
        "appeals.little_left",
        "timer",
        _l("%(number)s: a fifth of the time is left"),
        _BODY,
        _OPEN,
        by_email=False,
    ),
    Kind(
        "appeals.promise_broken",
        "circle-alert",
        _l("%(number)s: a promise is broken"),
        _BODY,
        _OPEN,
        by_email=False,
    ),
    Kind(
        "appeals.nobody_has_them",
        "timer",
        _l("Time runs out, and nobody has taken them: %(count)s"),
        _l("Appeals: %(numbers)s."),
        by_email=False,
    ),
    Kind(
        "appeals.promises_broken",
        "circle-alert",
        _l("Broken promises: %(count)s"),
        _l("Appeals: %(numbers)s."),
        by_email=False,
    ),
    Kind(
        "appeals.still_late",
        "circle-alert",
        _l("Broken a day ago and still open: %(count)s"),
        _l("Appeals: %(numbers)s."),
        by_email=False,
    ),
    Kind(
        "appeals.compensated",
        "wallet",
        _l("We give %(amount)s back: we did not keep our promise"),
        _l("Appeal %(number)s, “%(topic)s”. The sum is on your statement of this month."),
        _OPEN,
    ),
)
