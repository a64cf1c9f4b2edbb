"""Tables of promises: the events, what follows from them, and the versions they were made under."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.db import Model
from portal.promises.obligation import End, Outcome, outcome
from portal.promises.policy import Kind


class SlaCalendar(Model):
    """One version of a calendar. It never changes; a change is a new version."""

    __tablename__ = "sla_calendar"
    __table_args__ = (UniqueConstraint("name", "version"),)

    name: Mapped[str]
    version: Mapped[int]
    body: Mapped[dict[str, Any]]


class PromisePolicy(Model):
    """One version of what is promised, in force from midnight of a day. It never changes.

    `calendars` names the version of each calendar that the terms use. Nobody released the first
    versions: they came with the portal.
    """

    __tablename__ = "promise_policy"

    version: Mapped[int] = mapped_column(unique=True)
    since_on: Mapped[date]
    terms: Mapped[list[Any]] = mapped_column(JSONB)
    calendars: Mapped[dict[str, Any]]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    released_at: Mapped[datetime | None]
    note: Mapped[str | None]

    author: Mapped[User | None] = relationship(lazy="raise")


class PromiseEvent(Model):
    """A fact about a subject, in the order of recording. No role may change or delete one."""

    __tablename__ = "promise_event"
    __table_args__ = (
        Index("ix_promise_event_subject", "subject_kind", "subject_id", "seq"),
        Index("ix_promise_event_at", "at"),
    )

    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    secret_hash: Mapped[str | None]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    happening: Mapped[str]
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]]
    policy_version: Mapped[int] = mapped_column(ForeignKey("promise_policy.version"))


class Promise(Model):
    """A promise as the events tell it: a projection, rebuilt from them at any time.

    `is_next` marks the open promise of a subject that is due first.
    """

    __tablename__ = "promise"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "kind", "cycle"),
        CheckConstraint("cycle > 0", name="cycle_is_counted"),
        CheckConstraint('("end" is null) = (ended_at is null)', name="end_has_time"),
        Index("ix_promise_next", "subject_kind", "due_at", "id", postgresql_where=text("is_next")),
        Index("ix_promise_account_id_next", "account_id", postgresql_where=text("is_next")),
        Index(
            "ix_promise_open_version",
            "policy_version",
            "subject_kind",
            "subject_id",
            postgresql_where=text('"end" is null'),
        ),
    )

    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    secret_hash: Mapped[str | None]
    kind: Mapped[str]
    rule: Mapped[str]
    cycle: Mapped[int]
    policy_version: Mapped[int] = mapped_column(ForeignKey("promise_policy.version"))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    moved: Mapped[int]
    ended_at: Mapped[datetime | None]
    end: Mapped[str | None]
    is_next: Mapped[bool]

    def outcome(self, now: datetime) -> Outcome:
        """Return how the promise stands at `now`."""
        return outcome(self.due_at, self.ended_at, End(self.end) if self.end else None, now)

    @property
    def is_open(self) -> bool:
        return self.end is None

    @property
    def promise_kind(self) -> Kind:
        return Kind(self.kind)


class PromiseTimer(Model):
    """The next step of one promise, under the promise's own id; what has no more steps has none.

    `step` and `told` (which came last; 0: none) are steps of `steps.py`.
    """

    __tablename__ = "promise_timer"
    __table_args__ = (Index("ix_promise_timer_fires_at_id", "fires_at", "id"),)

    id: Mapped[UUID] = mapped_column(ForeignKey("promise.id", ondelete="CASCADE"), primary_key=True)
    fires_at: Mapped[datetime]
    step: Mapped[int] = mapped_column(SmallInteger)
    told: Mapped[int] = mapped_column(SmallInteger, default=0)
