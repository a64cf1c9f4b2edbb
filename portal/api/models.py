"""Tables of the feed: events, the tokens that open it, webhooks, and what an API call has made."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, FetchedValue, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.db import Model, Xid8


class Scope(StrEnum):
    """What a token opens."""

    READ_EVENTS = "events:read"
    READ_TICKETS = "tickets:read"
    WRITE_TICKETS = "tickets:write"


class Event(Model):
    """Something that happened, as other systems are told. Rows are only ever added.

    `subject_kind`, `subject_id` say to what; events of one subject keep their order. `number` is
    its number if people know it by one. A trigger sets `xid`; see the migration.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_xid_seq", "xid", "seq"),
        Index("ix_event_subject", "subject_id", "xid"),
    )

    at: Mapped[datetime] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, server_default=FetchedValue())
    xid: Mapped[str] = mapped_column(Xid8, server_default=FetchedValue())
    type: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    number: Mapped[str | None]
    data: Mapped[dict[str, Any]]


class ApiToken(Model):
    """What a system of the operator shows to be let in. The token itself is kept nowhere.

    `system` names who calls; a newer token of the same system goes on where the older one was.
    `speaks_for` is the colleague in whose name it writes.
    """

    __tablename__ = "api_token"

    system: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]]
    speaks_for_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    speaks_for: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[speaks_for_id])

    def is_valid(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


class ApiAct(Model):
    """What a call with a key has done, so that its repetition does nothing and is told the same.

    `key` is the call's Idempotency-Key, or its externalId; `digest` is of what it said.
    """

    __tablename__ = "api_act"
    __table_args__ = (UniqueConstraint("system", "key"),)

    system: Mapped[str]
    key: Mapped[str]
    digest: Mapped[str]
    appeal_id: Mapped[UUID | None] = mapped_column(ForeignKey("appeal.id"), index=True)
    external_id: Mapped[str | None]
    severity: Mapped[str | None]
    at: Mapped[datetime]


class Webhook(Model):
    """A receiver of events: where, which types (none: all), and how far it has come.

    `failures` counts those in a row; until `rests_until` it is left alone. Who works on it holds a
    lease. `fault` is what went wrong last, in a few technical words.
    """

    __tablename__ = "webhook"

    name: Mapped[str]
    url: Mapped[str]
    types: Mapped[list[Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    ended_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    cursor_xid: Mapped[int] = mapped_column(BigInteger)
    cursor_seq: Mapped[int] = mapped_column(BigInteger)
    failures: Mapped[int] = mapped_column(default=0)
    rests_until: Mapped[datetime]
    leased_until: Mapped[datetime]
    is_slow: Mapped[bool] = mapped_column(default=False)
    delivered: Mapped[int] = mapped_column(BigInteger, default=0)
    delivered_at: Mapped[datetime | None]
    fault: Mapped[str | None]


class WebhookDelivery(Model):
    """An event that a receiver did not take at first, or that waits behind such a one.

    With `next_try_at` it is tried again then; with `dead_at` only when somebody asks for it; with
    neither an earlier event of its subject comes first.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        Index(
            "ix_webhook_delivery_due",
            "webhook_id",
            "next_try_at",
            postgresql_where=text("next_try_at is not null"),
        ),
        Index(
            "ix_webhook_delivery_waiting",
            "webhook_id",
            "subject_id",
            "id",
            postgresql_where=text("dead_at is null"),
        ),
        Index(
            "ix_webhook_delivery_dead",
            "webhook_id",
            "id",
            postgresql_where=text("dead_at is not null"),
        ),
    )

    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhook.id"))
    event_id: Mapped[UUID]
    event_at: Mapped[datetime]
    subject_id: Mapped[UUID]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    fault: Mapped[str | None]
