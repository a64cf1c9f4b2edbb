"""What parents are told about questions of their children."""

from portal.core.text import _l
from portal.notify.kinds import Kind, register

_SAME_LINE = _l("Answer with one press: 15 minutes, today, always or no.")
_ANSWER = _l("Answer")
_SEE = _l("See the questions")

register(
    Kind(
        "parental.child_asks",
        "circle-help",
        _l("%(child)s asks for %(site)s"),
        _SAME_LINE,
        _ANSWER,
    ),
    Kind(
        "parental.home_asks",
        "circle-help",
        _l("Somebody at home asks for %(site)s"),
        _SAME_LINE,
        _ANSWER,
    ),
    Kind(
        "parental.site_opened_until",
        "check",
        _l("%(name)s opened %(site)s until %(until)s"),
        None,
        _SEE,
        by_email=False,
    ),
    Kind(
        "parental.site_opened",
        "check",
        _l("%(name)s opened %(site)s for good"),
        None,
        _SEE,
        by_email=False,
    ),
    Kind(
        "parental.site_refused",
        "ban",
        _l("%(name)s said no to %(site)s"),
        None,
        _SEE,
        by_email=False,
    ),
)
