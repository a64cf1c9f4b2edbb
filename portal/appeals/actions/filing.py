"""An appeal is filed: number, first message, promises, receipt."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Account, User
from portal.appeals import chain, letters
from portal.appeals.actions.asking import ask_about_contact
from portal.appeals.actions.saying import Speaker, say, subject_of
from portal.appeals.models import Appeal, Contact, Draft
from portal.appeals.states import AppealKind, Author, Channel, Proof, State
from portal.core import audit, clock, db, events, ids, text
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.events import AppealRegistered
from portal.promises import actions as promises
from portal.promises.fold import Case, Happening

_NUMBER_TRIES = 50
_RECEIVED_HERE = {Channel.FORM, Channel.CHAT}
_OLDEST_RECEIPT = timedelta(days=30)


@dataclass(frozen=True)
class Writer:
    """Who files an appeal and how he is reached.

    A `user` comes with his `account`. Without a user the receipt carries a secret, that of the
    draft if there is one; an `account` alone was proven to a specialist by `proof`. What comes by
    another channel than the form and the chat names when it was received, and `registered_by` is
    the specialist who wrote it down; `came` is how an e-mail came.
    """

    name: str
    address: str
    language: str
    user: User | None = None
    account: Account | None = None
    secret: str | None = None
    channel: Channel = Channel.FORM
    received_at: datetime | None = None
    registered_by: User | None = None
    proof: Proof | None = None
    came: letters.Came | None = None


@dataclass(frozen=True)
class Filed:
    """The new appeal, and the secret of its receipt for somebody who cannot sign in for it."""

    appeal: Appeal
    secret: str | None


def file_appeal(
    writer: Writer,
    *,
    kind: AppealKind,
    subject: str,
    body: str,
    draft: Draft | None = None,
    follows: Appeal | None = None,
) -> Filed:
    """Register an appeal with its first message and its promises.

    The draft's files go with it. Sends the receipt with the head hash, records
    `appeals.appeal_filed`, publishes AppealRegistered. Raises RuleError if the text is empty or too
    long, and (field `received_at`) without the time of receipt where it is needed, or a wrong one.
    Source: appeals-and-sla.md, "Appeal".
    """
    _check_receipt(writer)
    secret = None if writer.user else (writer.secret or new_secret())
    if secret:
        db.see(token=db.digest(secret))
    contact = _contact(writer, secret)
    session.add(contact)
    session.flush()  # The appeal points to its contact.
    facts: dict[str, Any] = {
        "kind": kind,
        "subject": subject,
        "follows_id": follows.id if follows else None,
    }
    if writer.received_at:
        facts["received_at"] = writer.received_at
    appeal = _numbered(contact, facts)
    say(appeal, body, Speaker(Author.CUSTOMER, writer.user), draft=draft)
    case = _promise(appeal)
    actor = writer.registered_by or writer.user
    told = {"appeal_kind": kind.value} | ({"proof": writer.proof.value} if writer.proof else {})
    audit.record("appeals.appeal_filed", subject=appeal, actor=actor, **told)
    letters.send_receipt(appeal, contact, case, secret=secret, came=writer.came)
    if writer.registered_by:
        ask_about_contact(appeal, contact, writer.registered_by)
    return Filed(appeal, secret)


def open_fault(writer: Writer, *, subject: str, body: str, order_id: UUID) -> Appeal:
    """Register a fault of an order in the customer's name, with what the portal itself says."""
    contact = _contact(writer, None)
    session.add(contact)
    session.flush()  # The appeal points to its contact.
    facts = {"kind": AppealKind.FAULT, "subject": subject, "order_id": order_id}
    appeal = _numbered(contact, facts)
    say(appeal, body, Speaker(Author.SYSTEM))
    letters.send_receipt(appeal, contact, _promise(appeal), secret=None)
    return appeal


def new_secret() -> str:
    """Return a secret for the receipt or the draft of somebody without an account."""
    return secrets.token_urlsafe(18)


def _contact(writer: Writer, secret: str | None) -> Contact:
    return Contact(
        id=ids.uuid7(),
        account_id=writer.account.id if writer.account else None,
        user_id=writer.user.id if writer.user else None,
        secret_hash=db.digest(secret) if secret else None,
        channel=writer.channel,
        name=writer.name,
        address=writer.address,
        language=writer.language,
        proof=writer.proof,
        created_at=clock.now(),
    )


def _numbered(contact: Contact, facts: dict[str, Any]) -> Appeal:
    """Insert the appeal under a number that nobody has.

    Whether a number is taken only the constraint knows: row-level security hides the others.
    """
    for _ in range(_NUMBER_TRIES):
        appeal = _appeal(contact, facts)
        try:
            with session.begin_nested():
                session.add(appeal)
        except IntegrityError as taken:
            if "uq_appeal_number" not in str(taken):
                raise
        else:
            events.publish(AppealRegistered(appeal.id))
            return appeal
    raise RuntimeError("no free number was found")


def _appeal(contact: Contact, facts: dict[str, Any]) -> Appeal:
    now = clock.now()
    return Appeal(
        id=ids.uuid7(),
        number=ids.short_number(text.local(now).year),
        account_id=contact.account_id,
        user_id=None,
        secret_hash=contact.secret_hash,
        contact_id=contact.id,
        channel=contact.channel,
        state=State.REGISTERED,
        head=chain.GENESIS,
        length=0,
        **{"received_at": now, **facts},
    )


def _promise(appeal: Appeal) -> Case:
    """Make the promises of a new appeal; the first answer is owed from the time of receipt."""
    return promises.record(
        subject_of(appeal),
        Happening.REGISTERED,
        kind=appeal.kind,
        channel=appeal.channel,
        received_at=appeal.received_at.isoformat(),
    )


def _check_receipt(writer: Writer) -> None:
    now, received_at = clock.now(), writer.received_at
    if received_at is None:
        if writer.channel not in _RECEIVED_HERE:
            raise RuleError(_l("Say when the appeal was received."), field="received_at")
    elif received_at > now:
        raise RuleError(_l("This time is still to come."), field="received_at")
    elif received_at < now - _OLDEST_RECEIPT:
        raise RuleError(
            _l("This was more than 30 days ago. Look at the date again."), field="received_at"
        )
