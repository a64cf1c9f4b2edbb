"""An appeal is filed: number, first message, promises, receipt."""

import secrets
from collections.abc import Mapping
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
_ORDER_TEXTS: Mapping[str, tuple[str, str]] = {
    "kk": (
        "%(number)s өтінімі орындалмады",
        "%(number)s өтінімін желі орындай алмады. Бұл өтінішті портал сіз үшін өзі ашты.",
    ),
    "ru": (
        "Заявка %(number)s не выполнена",
        "Сеть не смогла выполнить заявку %(number)s. Это обращение портал открыл за вас сам.",
    ),
    "en": (
        "Order %(number)s was not carried out",
        "The network could not carry out order %(number)s. The portal opened this appeal for you.",
    ),
}


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


def file_fault_of_order(account_id: UUID, user_id: UUID, *, number: str) -> Appeal:
    """Open a fault for an order that the network refused for good, in the customer's name.

    Source: services.md, orders that fail open an appeal by themselves.
    """
    user = session.get_one(User, user_id)
    account = session.get_one(Account, account_id)
    subject, body = (line % {"number": number} for line in _ORDER_TEXTS[user.language])
    writer = Writer(user.name, user.email, user.language, user, account)
    contact = _contact(writer, None)
    session.add(contact)
    session.flush()  # The appeal points to its contact.
    appeal = _numbered(contact, {"kind": AppealKind.FAULT, "subject": subject})
    say(appeal, body, Speaker(Author.SYSTEM))
    case = _promise(appeal)
    audit.record("appeals.appeal_opened", subject=appeal, order=number)
    letters.send_receipt(appeal, contact, case, secret=None)
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
