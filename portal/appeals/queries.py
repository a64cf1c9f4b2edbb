"""Reads of appeals. Each is scoped by its owner in the WHERE clause."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row, Select, and_, select, text
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account, User
from portal.appeals import chain, wholeness
from portal.appeals.models import (
    Appeal,
    AppealNote,
    Attachment,
    Contact,
    Draft,
    Message,
    Tombstone,
)
from portal.appeals.states import OPEN_STATES, AppealKind, Channel, State
from portal.core import db
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.paging import Page, page_of
from portal.promises import queries as promise_queries
from portal.promises.models import Promise
from portal.promises.policy import Rule

SUBJECT = "appeal"
VIEWED = "staff.customer_viewed"
T = TypeVar("T")
_RECEIPT_CHAIN = text("select * from receipt_chain(:number, :head) order by position")
_RECEIPT_KEPT = text("select * from receipt_kept(:number, :head)")
_KEPT = text("select * from conversation_kept(:appeal_id)")


@dataclass(frozen=True)
class OpenAppeal:
    """An appeal that is not finally answered, and its promise that is due next (or None)."""

    appeal: Appeal
    promise: Promise | None


def appeal_of(account: Account, appeal_id: UUID, *, lock: bool = False) -> Appeal:
    """Return an appeal of this account. Raises NotFoundError for anyone else's.

    `lock`: others who want to write in it wait for the end of this transaction.
    """
    return _one(
        select(Appeal).where(Appeal.id == appeal_id, Appeal.account_id == account.id), lock=lock
    )


def appeal_by_secret(secret: str, *, lock: bool = False) -> Appeal:
    """Return the appeal whose receipt carries `secret`. Raises NotFoundError if there is none.

    Names the secret to row-level security.
    """
    digest = db.digest(secret)
    db.see(token=digest)
    return _one(select(Appeal).where(Appeal.secret_hash == digest), lock=lock)


def appeal_of_seal(appeal_id: UUID) -> Appeal:
    """Return the appeal that a seal of ours names; who may see it was asked when it was sealed.

    The seal's account or secret is named to row-level security before. Raises NotFoundError.
    """
    return _one(select(Appeal).where(Appeal.id == appeal_id))


def appeal_for_staff(appeal_id: UUID, *, lock: bool = False) -> Appeal:
    """Return any appeal, for staff. Raises NotFoundError if there is none."""
    return _one(select(Appeal).where(Appeal.id == appeal_id), lock=lock)


def open_chat_of(account: Account, user: User, *, lock: bool = False) -> Appeal | None:
    """Return the chat of this user that is not finally answered, the newest, or None."""
    query = (
        select(Appeal)
        .join(Contact, Contact.id == Appeal.contact_id)
        .where(Appeal.account_id == account.id, Contact.user_id == user.id)
        .where(Appeal.channel == Channel.CHAT, Appeal.state.in_(OPEN_STATES))
        .order_by(Appeal.id.desc())
        .limit(1)
    )
    return session.scalar(query.with_for_update(of=Appeal) if lock else query)


def minutes_to_first_answer(channel: Channel, now: datetime) -> int | None:
    """Return within how many minutes a message of this channel is answered; None: not promised."""
    version = promise_queries.version_in_force(now)
    policy = promise_queries.policies([version])[version]
    term = policy.term(Rule.FIRST_RESPONSE, channel=channel, kind=AppealKind.QUESTION)
    return term.minutes if term else None


def appeals_of(account: Account, *, after: str | None = None) -> Page[Appeal]:
    """Return a page of the account's appeals, newest first."""
    own = select(Appeal).where(Appeal.account_id == account.id)
    return page_of(own, Appeal.id, after=after)


def next_promises(appeals: Sequence[Appeal]) -> Mapping[UUID, Promise]:
    """Return for each of these appeals the promise that is due first. One statement."""
    rows = session.scalars(
        select(Promise).where(
            Promise.subject_kind == SUBJECT,
            Promise.subject_id.in_([appeal.id for appeal in appeals]),
            Promise.is_next,
        )
    )
    return {row.subject_id: row for row in rows}


def open_appeals(account_id: UUID, *, most: int = 5) -> Sequence[OpenAppeal]:
    """Return the account's open appeals with what is promised next, most urgent first.

    Those that are answered and wait for a rating come last, `most` of all.
    One statement.
    """
    upcoming = and_(
        Promise.subject_kind == SUBJECT, Promise.subject_id == Appeal.id, Promise.is_next
    )
    unrated = and_(Appeal.state == State.ANSWERED, Appeal.rating.is_(None))
    rows = session.execute(
        select(Appeal, Promise)
        .outerjoin(Promise, upcoming)
        .where(Appeal.account_id == account_id)
        .where(Appeal.state.in_(OPEN_STATES) | unrated)
        .order_by(Promise.due_at.asc().nulls_last(), Appeal.id.desc())
        .limit(most)
    )
    return [OpenAppeal(appeal, promise) for appeal, promise in rows]


def conversation(appeal: Appeal) -> Sequence[Message]:
    """Return all messages of an appeal in their order, with texts, tombstones and files.

    Two statements.
    """
    return session.scalars(
        select(Message)
        .where(Message.appeal_id == appeal.id)
        .options(
            joinedload(Message.body),
            joinedload(Message.tombstone),
            selectinload(Message.attachments),
        )
        .order_by(Message.position)
    ).all()


def notes(appeal: Appeal) -> Sequence[AppealNote]:
    """Return the internal notes of an appeal, oldest first. For staff only."""
    return session.scalars(
        select(AppealNote)
        .where(AppealNote.appeal_id == appeal.id)
        .options(joinedload(AppealNote.author))
        .order_by(AppealNote.id)
    ).all()


def links(appeal: Appeal) -> Sequence[chain.Link]:
    """Return the chain of an appeal. Empty before the first message."""
    rows = session.scalars(
        select(Message).where(Message.appeal_id == appeal.id).order_by(Message.position)
    )
    return [row.link for row in rows]


def receipt_chain(number: str, head: str) -> Sequence[chain.Link]:
    """Return the chain of the appeal `number`, if the hash of one of its messages begins so.

    `head` is 16 hex figures or more. Empty for any other receipt. Nobody needs to be signed in.
    """
    found = session.scalars(
        select(Message).from_statement(_RECEIPT_CHAIN), {"number": number, "head": head}
    )
    return [row.link for row in found]


def receipt_kept(number: str, head: str) -> Sequence[wholeness.Kept]:
    """Return what is really kept of the conversation that `receipt_chain` gives, without texts."""
    return _kept(session.execute(_RECEIPT_KEPT, {"number": number, "head": head}))


def kept_of(appeal: Appeal) -> Sequence[wholeness.Kept]:
    """Return what is really kept of an appeal's messages, in their order. For staff."""
    return _kept(session.execute(_KEPT, {"appeal_id": appeal.id}))


def _kept(rows: Iterable[Row[Any]]) -> Sequence[wholeness.Kept]:
    return [
        wholeness.Kept(
            row.text_hash,
            row.is_erased,
            tuple(wholeness.File(**file) for file in row.files),
            row.head,
        )
        for row in rows
    ]


def attachment_of(appeal: Appeal, attachment_id: UUID) -> Attachment:
    """Return a sent file of an appeal. Raises NotFoundError for anything else.

    Of a message that was erased by law no file is given out.
    """
    return _one(
        select(Attachment)
        .join(Message, Message.id == Attachment.message_id)
        .outerjoin(Tombstone, Tombstone.message_id == Message.id)
        .where(Attachment.id == attachment_id, Message.appeal_id == appeal.id)
        .where(Tombstone.id.is_(None)),
        lock=False,
    )


def draft_of(account: Account, user: User, draft_id: UUID) -> Draft:
    """Return a draft of this user on this account, with its files. Raises NotFoundError."""
    return _draft(Draft.id == draft_id, Draft.user_id == user.id, Draft.account_id == account.id)


def draft_by_secret(secret: str, draft_id: UUID) -> Draft:
    """Return the draft of somebody without a sign-in; its secret lies in his browser."""
    digest = db.digest(secret)
    db.see(token=digest)
    return _draft(Draft.id == draft_id, Draft.secret_hash == digest)


def answered_before(moment: datetime, *, most: int) -> Sequence[Appeal]:
    """Return appeals answered before `moment` and not closed, oldest first, locked for this job."""
    return session.scalars(
        select(Appeal)
        .where(Appeal.state == State.ANSWERED, Appeal.answered_at < moment)
        .order_by(Appeal.answered_at, Appeal.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()


def waiting_after(appeal_id: UUID | None, *, most: int) -> Sequence[Appeal]:
    """Return appeals that wait for the customer, by id from `appeal_id` on, locked for this job."""
    query = select(Appeal).where(Appeal.state == State.WAITING_CUSTOMER)
    if appeal_id:
        query = query.where(Appeal.id > appeal_id)
    return session.scalars(
        query.order_by(Appeal.id).limit(most).with_for_update(skip_locked=True)
    ).all()


def drafts_before(moment: datetime, of_strangers: datetime, *, most: int) -> Sequence[Draft]:
    """Return drafts last saved before `moment` with their files, oldest first, locked.

    Those of nobody who signed in count from `of_strangers` on.
    """
    is_old = (Draft.saved_at < moment) | (Draft.user_id.is_(None) & (Draft.saved_at < of_strangers))
    return session.scalars(
        select(Draft)
        .where(is_old)
        .options(selectinload(Draft.attachments))
        .order_by(Draft.saved_at, Draft.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()


def _draft(*conditions: Any) -> Draft:
    query = select(Draft).where(*conditions).options(selectinload(Draft.attachments))
    return _one(query)


def _one(query: Select[T], *, lock: bool = False) -> T:
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    if found := session.scalar(query):
        return found
    raise NotFoundError
