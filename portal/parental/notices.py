"""What parents are told about parental control."""

from portal.core.text import _l
from portal.notify.kinds import Kind, register

register(
    Kind(
        "parental.profile_paused",
        "pause",
        _l("The internet at home is paused until %(until)s"),
        _l("%(name)s paused it. It comes back by itself."),
        _l("Open parental control"),
        by_email=False,
    ),
    Kind(
        "parental.profile_resumed",
        "shield-check",
        _l("The internet at home is open again"),
        _l("%(name)s ended the pause. The rules apply as usual."),
        _l("Open parental control"),
        by_email=False,
    ),
)
register(
    Kind(
        "parental.child_paused",
        "pause",
        _l("The internet of %(child)s is paused until %(until)s"),
        _l("%(name)s paused it. It comes back by itself."),
        _l("Open parental control"),
        by_email=False,
    ),
    Kind(
        "parental.child_resumed",
        "shield-check",
        _l("The internet of %(child)s is open again"),
        _l("%(name)s ended the pause. The rules apply as usual."),
        _l("Open parental control"),
        by_email=False,
    ),
)
