"""What people are told about outages beside their conversation."""

from uuid import UUID

from flask import current_app

from portal.appeals.models import Appeal, Contact
from portal.core import mail
from portal.core.text import _l
from portal.notify.actions import notify
from portal.notify.kinds import Kind, register

_ASK = _l("Does it work again? Your appeal %(number)s")
_WHY = _l(
    "“%(topic)s”: we have repaired it. Please tell us whether it works at your place. If we hear"
    " nothing, the appeal closes by itself ten days after our message."
)
_ACT = _l("Say yes or no")

register(
    Kind("outages.restored", "circle-help", _ASK, _WHY, _ACT),
    Kind(
        "outages.still_broken",
        "triangle-alert",
        _l("Appeal %(number)s: it still does not work"),
        _l("“%(topic)s”: the outage is restored, and the customer says no. It is in the queue."),
        _l("Open the appeal"),
    ),
)


def ask_whether_it_works(appeal: Appeal, contact: Contact) -> None:
    """Ask the customer of an appeal whether it works again, in the portal and by e-mail."""
    if contact.user_id:
        link = f"/a/{appeal.account_id}/appeals/{appeal.id}"
        notify(
            contact.user_id,
            "outages.restored",
            link=link,
            account_id=appeal.account_id,
            number=appeal.number,
            topic=appeal.subject,
        )
    else:
        mail.send(
            to=contact.address,
            language=contact.language,
            subject=_ASK,
            lines=(_WHY, _l("Open it by the link in your receipt, or by number and key.")),
            act=_ACT,
            url=f"{current_app.config['SETTINGS'].base_url}/appeals/track",
            number=appeal.number,
            topic=appeal.subject,
        )


def tell_still_broken(appeal: Appeal, specialist_id: UUID) -> None:
    """Tell a specialist that it does not work although it was said to be repaired."""
    notify(
        specialist_id,
        "outages.still_broken",
        link=f"/staff/appeals/{appeal.id}",
        number=appeal.number,
        topic=appeal.subject,
    )
