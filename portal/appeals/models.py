"""Tables of appeals: who wrote, what was said, in a chain that nobody changes unseen."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.appeals import chain, quoting
from portal.appeals.states import (
    OPEN_STATES,
    STEPS,
    AppealKind,
    Author,
    Channel,
    MessageKind,
    Proof,
    Rejection,
    State,
)
from portal.core.db import Model, Versioned
from portal.core.errors import RuleError
from portal.core.text import _l

REOPEN_FOR = timedelta(days=10)
MOST_FILES = 10
LONGEST_BODY = 20_000
LONGEST_SUBJECT = 120


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} in ({', '.join(repr(value.value) for value in values)})"


class Contact(Model):
    """Who wrote: the way to reach him and his language; an account only by proof.

    `proof`: how he proved it to the specialist who wrote his appeal down; None when he signed in.
    """

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint("language in ('kk', 'ru', 'en')", name="language_is_known"),
        CheckConstraint(_one_of("proof", Proof), name="proof_is_known"),
    )

    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    secret_hash: Mapped[str | None]
    channel: Mapped[str]
    name: Mapped[str]
    address: Mapped[str] = mapped_column(index=True)
    language: Mapped[str]
    proof: Mapped[str | None]
    created_at: Mapped[datetime]


class Appeal(Versioned, Model):
    """A question, fault, complaint, suggestion or thanks, with its conversation.

    `head` is the hash of the newest message, `length` their number. `secret_hash` is the digest of
    the secret on the receipt of somebody without an account. `duplicate_of_id` is the first appeal
    about the same thing: they are linked, and each keeps its number, promises and rating.
    `order_id` is the order for which the portal itself opened it.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint(_one_of("kind", AppealKind), name="kind_is_known"),
        CheckConstraint(_one_of("channel", Channel), name="channel_is_known"),
        CheckConstraint(_one_of("state", State), name="state_is_known"),
        CheckConstraint("rating between 1 and 5", name="rating_is_1_to_5"),
        CheckConstraint(_one_of("rejected_as", Rejection), name="rejection_is_known"),
        CheckConstraint(
            "account_id is not null or user_id is not null or secret_hash is not null",
            name="somebody_can_read_it",
        ),
        Index("ix_appeal_account_id_id", "account_id", "id"),
        Index("ix_appeal_state_id", "state", "id"),
        Index("ix_appeal_order_id", "order_id", postgresql_where=text("order_id is not null")),
        Index("ix_appeal_words", text("to_tsvector('russian', subject)"), postgresql_using="gin"),
        Index("ix_appeal_closing", "answered_at", postgresql_where=text("state = 'answered'")),
        Index(
            "ix_appeal_open_fault",
            "account_id",
            postgresql_where=text(
                "kind = 'fault' and state in"
                " ('registered', 'in_progress', 'waiting_customer', 'reopened')"
            ),
        ),
    )

    number: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    secret_hash: Mapped[str | None] = mapped_column(unique=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), index=True)
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("appeal.id"), index=True)
    order_id: Mapped[UUID | None]
    duplicate_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("appeal.id"), index=True)
    kind: Mapped[str]
    channel: Mapped[str]
    subject: Mapped[str]
    state: Mapped[str]
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    received_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    rejected_as: Mapped[str | None]
    cycle: Mapped[int] = mapped_column(default=1)
    rating: Mapped[int | None]
    head: Mapped[str]
    length: Mapped[int] = mapped_column(default=0)

    contact: Mapped[Contact] = relationship(lazy="raise")
    assignee: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[assignee_id])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def is_over(self, now: datetime) -> bool:
        """Tell whether nothing more can be written: ended, or answered more than 10 days ago."""
        if self.state == State.ANSWERED:
            return self.reopens_until is None or now >= self.reopens_until
        return not self.is_open

    @property
    def reopens_until(self) -> datetime | None:
        return self.answered_at + REOPEN_FOR if self.answered_at else None

    def may_become(self, state: State) -> bool:
        return state in STEPS[State(self.state)]

    def become(self, state: State, *, now: datetime) -> None:
        """Go to another state. Raises RuleError if the table of steps has no such step."""
        if not self.may_become(state):
            raise RuleError(_l("This appeal has changed meanwhile. Look at it again."))
        self.state = state
        if state is State.ANSWERED:
            self.answered_at = now
        if state is State.REOPENED:
            self.answered_at, self.rating, self.cycle = None, None, self.cycle + 1
        if not STEPS[state]:
            self.ended_at = now


class Message(Model):
    """One link of the conversation. No role may change or delete it; a trigger refuses, too.

    `signature` is the author's name as the other side reads it; `format` and `labels` are those of
    `chain.py`.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("appeal_id", "position"),
        CheckConstraint(_one_of("author", Author), name="author_is_known"),
        CheckConstraint(_one_of("kind", MessageKind), name="kind_is_known"),
        CheckConstraint(
            "(kind = 'interim') = (promised_at is not null)", name="interim_names_a_date"
        ),
    )

    appeal_id: Mapped[UUID] = mapped_column(ForeignKey("appeal.id"))
    position: Mapped[int]
    author: Mapped[str]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    signature: Mapped[str]
    kind: Mapped[str]
    at: Mapped[datetime]
    promised_at: Mapped[datetime | None]
    format: Mapped[int] = mapped_column(SmallInteger, default=chain.FORMAT)
    files: Mapped[list[str]]
    labels: Mapped[list[str]] = mapped_column(default=list)
    body_hash: Mapped[str]
    before: Mapped[str]
    own: Mapped[str]

    body: Mapped["MessageBody | None"] = relationship(lazy="raise")
    tombstone: Mapped["Tombstone | None"] = relationship(lazy="raise")
    attachments: Mapped[list["Attachment"]] = relationship(
        lazy="raise", order_by="Attachment.id", foreign_keys="Attachment.message_id"
    )

    @property
    def link(self) -> chain.Link:
        """Return the message as a link of the chain."""
        return chain.Link(
            message_id=self.id,
            appeal_id=self.appeal_id,
            position=self.position,
            author=f"{self.author}:{self.author_id or ''}:{self.signature}",
            kind=self.kind,
            at=self.at,
            promised_at=self.promised_at,
            files=tuple(self.files),
            body_hash=self.body_hash,
            before=self.before,
            own=self.own,
            format=self.format,
            labels=tuple(self.labels),
        )


class MessageBody(Model):
    """The text of a message, apart from it, because the law may demand that a text is erased."""

    __tablename__ = "message_body"
    __table_args__ = (
        Index(
            "ix_message_body_words", text("to_tsvector('russian', body)"), postgresql_using="gin"
        ),
    )

    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), unique=True)
    salt: Mapped[bytes]
    body: Mapped[str]

    @property
    def parts(self) -> tuple[str, str]:
        """What is new in it, and the history that a letter repeats below ('' if none)."""
        return quoting.split(self.body)


class Tombstone(Model):
    """What stands where a text was erased: why, when, by whom. Written by `erase_message` only."""

    __tablename__ = "message_tombstone"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), unique=True)
    reason: Mapped[str]
    erased_at: Mapped[datetime]
    erased_by_id: Mapped[UUID | None]


class Presence(Model):
    """Who has the conversation open: a specialist or the customer (no user: by his receipt).

    `seen_at` is refreshed while the page is open, `typed_at` while somebody types.
    """

    __tablename__ = "appeal_presence"
    __table_args__ = (
        UniqueConstraint(
            "appeal_id",
            "author",
            "person_id",
            name="uq_appeal_presence_appeal_id_author_person_id",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("author in ('customer', 'specialist')", name="author_is_known"),
    )

    appeal_id: Mapped[UUID] = mapped_column(ForeignKey("appeal.id"))
    author: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    typed_at: Mapped[datetime | None]


class AppealNote(Model):
    """A note among specialists. No query for a customer reads this table."""

    __tablename__ = "appeal_note"

    appeal_id: Mapped[UUID] = mapped_column(ForeignKey("appeal.id"), index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    body: Mapped[str]
    at: Mapped[datetime]

    author: Mapped[User] = relationship(lazy="raise")


class Draft(Versioned, Model):
    """What somebody writes and has not sent: a new appeal, or a reply to one (`appeal_id`)."""

    __tablename__ = "appeal_draft"

    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    secret_hash: Mapped[str | None] = mapped_column(index=True)
    appeal_id: Mapped[UUID | None] = mapped_column(ForeignKey("appeal.id"), index=True)
    content: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]

    attachments: Mapped[list["Attachment"]] = relationship(
        lazy="raise", order_by="Attachment.id", foreign_keys="Attachment.draft_id"
    )


class Attachment(Model):
    """A file of a draft or, once sent, of a message; then nobody changes it any more.

    `is_scanned`: clamd looked at it and found nothing.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint(
            "(draft_id is null) <> (message_id is null)", name="belongs_to_draft_or_message"
        ),
    )

    draft_id: Mapped[UUID | None] = mapped_column(ForeignKey("appeal_draft.id"), index=True)
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"), index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    key: Mapped[str]
    created_at: Mapped[datetime]
    is_scanned: Mapped[bool] = mapped_column(default=False)

    def label(self, salt: bytes) -> str:
        """Return the hash of what is shown of it, in hex, as the chain of its message has it."""
        return chain.label_hash(
            salt, content=self.sha256, media_type=self.media_type, size=self.size, name=self.name
        )

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")
