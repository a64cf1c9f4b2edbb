"""What people are told about outages beside their conversation."""

from uuid import UUID

from portal.appeals import letters
from portal.appeals.models import Appeal
from portal.core.text import _l
from portal.notify.actions import notify
from portal.notify.kinds import Kind, register

_ASK = _l("Does it work again? Your appeal %(number)s")
_WHY = _l(
    "“%(topic)s”: we have repaired it. Please tell us whether it works at your place. If we hear"
    " nothing, the appeal closes by itself ten days after our message."
)
_RECEIPT = _l("Receipt: %(head)s.")

register(
    Kind(
        "outages.asked",
        "circle-help",
        _ASK,
        _l(
            "“%(topic)s”: we have repaired it. Please tell us whether it works at your place. If we"
            " hear nothing, the appeal closes by itself ten days after our message. Receipt:"
            " %(head)s."
        ),
        _l("Say yes or no"),
    ),
    Kind(
        "outages.restored", "circle-help", _ASK, _WHY
    ),  # As it was asked before; kept for reading.
    Kind(
        "outages.still_broken",
        "triangle-alert",
        _l("Appeal %(number)s: it still does not work"),
        _l("“%(topic)s”: the outage is restored, and the customer says no. It is in the queue."),
        _l("Open the appeal"),
    ),
)


def ask_whether_it_works(appeal: Appeal) -> None:
    """Ask the customer of an appeal whether it works again, as he is told of every answer."""
    lines = (_WHY, _l("Open it by the link in your receipt, or by number and key."), _RECEIPT)
    letters.tell(appeal, "outages.asked", subject=_ASK, lines=lines)


def tell_still_broken(appeal: Appeal, specialist_id: UUID) -> None:
    """Tell a specialist that it does not work although it was said to be repaired."""
    notify(
        specialist_id,
        "outages.still_broken",
        link=f"/staff/appeals/{appeal.id}",
        number=appeal.number,
        topic=appeal.subject,
    )
