"""An appeal is filed: number, first message, promises, receipt."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Account, User
from portal.appeals import chain, letters
from portal.appeals.actions.saying import Speaker, say, subject_of
from portal.appeals.models import Appeal, Contact, Draft
from portal.appeals.states import AppealKind, Author, Channel, State
from portal.core import audit, clock, db, ids, text
from portal.core.db import session
from portal.promises import actions as promises
from portal.promises.fold import Happening

_NUMBER_TRIES = 50
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

    `user` and `account` come together; without them the receipt carries a secret, that of the
    draft if there is one.
    """

    name: str
    address: str
    language: str
    user: User | None = None
    account: Account | None = None
    secret: str | None = None


@dataclass(frozen=True)
class Filed:
    """The new appeal, and the secret of its receipt for somebody without an account."""

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
    """Register an appeal of the `form` channel with its first message and its promises.

    The draft's files go with it. Sends the receipt with the head hash, records
    `appeals.appeal_filed`. Raises RuleError if the text is empty or too long.
    Source: appeals-and-sla.md, "Appeal".
    """
    secret = None if writer.account else (writer.secret or new_secret())
    if secret:
        db.see(token=db.digest(secret))
    contact = _contact(writer, secret)
    session.add(contact)
    session.flush()  # The appeal points to its contact.
    appeal = _numbered(
        contact,
        {"kind": kind, "subject": subject, "follows_id": follows.id if follows else None},
    )
    say(appeal, body, Speaker(Author.CUSTOMER, writer.user), draft=draft)
    case = promises.record(
        subject_of(appeal), Happening.REGISTERED, kind=kind.value, channel=appeal.channel
    )
    audit.record("appeals.appeal_filed", subject=appeal, actor=writer.user, appeal_kind=kind.value)
    letters.send_receipt(appeal, contact, case, secret=secret)
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
    case = promises.record(
        subject_of(appeal),
        Happening.REGISTERED,
        kind=AppealKind.FAULT.value,
        channel=appeal.channel,
    )
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
        channel=Channel.FORM,
        name=writer.name,
        address=writer.address,
        language=writer.language,
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
        received_at=now,
        head=chain.GENESIS,
        length=0,
        **facts,
    )
