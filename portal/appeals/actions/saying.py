"""Adding a message to a conversation: the one place where the chain grows."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import update

from portal.accounts.models import User
from portal.appeals import chain
from portal.appeals.models import LONGEST_BODY, Appeal, Attachment, Draft, Message, MessageBody
from portal.appeals.queries import SUBJECT
from portal.appeals.states import Author, MessageKind
from portal.core import clock, events, ids
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.events import MessageAdded
from portal.promises.actions import Subject


@dataclass(frozen=True)
class Speaker:
    """Who says something in an appeal."""

    author: Author
    user: User | None = None

    @property
    def signature(self) -> str:
        """His name as the other side reads it."""
        if self.user is None:
            return ""
        return public_name(self.user) if self.author is Author.SPECIALIST else self.user.name


def say(
    appeal: Appeal,
    body: str,
    speaker: Speaker,
    *,
    kind: MessageKind = MessageKind.MESSAGE,
    promised_at: datetime | None = None,
    draft: Draft | None = None,
) -> Message:
    """Append a message with the draft's files to a locked appeal; the draft is used up.

    Publishes MessageAdded. Raises RuleError if there is no text, or too much.
    """
    _check(body)
    files = draft.attachments if draft else []
    salt = chain.new_salt()
    message = Message(
        id=ids.uuid7(),
        appeal_id=appeal.id,
        position=appeal.length + 1,
        author=speaker.author,
        author_id=speaker.user.id if speaker.user else None,
        signature=speaker.signature,
        kind=kind,
        at=clock.now(),
        promised_at=promised_at,
        format=chain.FORMAT,
        files=[file.sha256 for file in files],
        labels=[file.label(salt) for file in files],
        body_hash=chain.body_hash(salt, body),
        before=appeal.head,
        own="",
    )
    message.own = chain.link_hash(replace(message.link, own=""))
    session.add(message)
    session.flush()  # The text and the files point to the message.
    session.add(MessageBody(message_id=message.id, salt=salt, body=body))
    appeal.head, appeal.length = message.own, message.position
    if draft:
        _hand_over(draft, message)
    events.publish(MessageAdded(appeal.id, message.id, message.author, message.kind))
    return message


def subject_of(appeal: Appeal) -> Subject:
    """Return the appeal as what promises are about."""
    return Subject(SUBJECT, appeal.id, appeal.account_id, appeal.user_id, appeal.secret_hash)


def public_name(user: User) -> str:
    """Return a specialist's name as customers read it: first name and an initial."""
    first, *rest = user.name.split()
    return f"{first} {rest[0][0]}." if rest else first


def _check(body: str) -> None:
    if not body.strip():
        raise RuleError(_l("Write a message first."), field="body")
    if len(body) > LONGEST_BODY:
        raise RuleError(
            _l("This message is too long: %(most)s characters at most."),
            field="body",
            most=LONGEST_BODY,
        )


def _hand_over(draft: Draft, message: Message) -> None:
    """Move the files from the draft to the message, and drop the draft."""
    session.execute(
        update(Attachment)
        .where(Attachment.draft_id == draft.id)
        .values(draft_id=None, message_id=message.id)
        .execution_options(synchronize_session=False)
    )
    session.expire(draft, ["attachments"])
    session.delete(draft)
