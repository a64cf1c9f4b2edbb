"""Tell others that a contact has ended, so that the customer is asked to rate it."""

from portal.accounts.models import User
from portal.appeals.actions.saying import public_name
from portal.appeals.models import Appeal, Contact, Message
from portal.appeals.states import Channel
from portal.core import events
from portal.core.db import session
from portal.events import AppealAnswered, ContactNoted

_SERVED_AT_ONCE = frozenset({Channel.PHONE, Channel.OFFICE})


def ask_for_rating(appeal: Appeal, message: Message, by: User) -> None:
    """Publish AppealAnswered for the final answer of a cycle."""
    contact = session.get_one(Contact, appeal.contact_id)
    events.publish(
        AppealAnswered(
            appeal_id=appeal.id,
            cycle=appeal.cycle,
            number=appeal.number,
            topic=appeal.subject,
            account_id=appeal.account_id,
            secret_hash=appeal.secret_hash,
            answered_by_id=by.id,
            answered_by=message.signature,
            channel=appeal.channel,
            address="" if contact.user_id else contact.address,
            language=contact.language,
        )
    )


def ask_about_contact(appeal: Appeal, contact: Contact, by: User) -> None:
    """Publish ContactNoted for an appeal that a specialist has written down from a conversation.

    Who wrote by another channel is asked after his answer: until then nobody has served him.
    """
    if appeal.channel not in _SERVED_AT_ONCE:
        return
    events.publish(
        ContactNoted(
            appeal_id=appeal.id,
            number=appeal.number,
            topic=appeal.subject,
            channel=appeal.channel,
            account_id=appeal.account_id,
            user_id=contact.user_id,
            secret_hash=appeal.secret_hash,
            noted_by_id=by.id,
            noted_by=public_name(by),
            address="" if contact.user_id else contact.address,
            language=contact.language,
        )
    )
