"""Tables of outages: what is broken where, until when it is promised, who follows, what was said.

An outage is public and names nobody. Who follows one stands in `outage_link` alone.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.appeals.models import Appeal
from portal.core.db import Model, Versioned
from portal.core.errors import RuleError
from portal.core.text import _l

LONGEST = timedelta(days=30)
OLDEST_START = timedelta(days=7)
LONGEST_CAUSE = 120
LONGEST_WORDS = 2_000


class End(StrEnum):
    """How an outage ended. Planned works that have not begun are called off."""

    RESTORED = "restored"
    CALLED_OFF = "called_off"


class Word(StrEnum):
    """What a broadcast tells: how it goes, another time, or that all works again."""

    UPDATE = "update"
    MOVED = "moved"
    RESTORED = "restored"


class Answer(StrEnum):
    """What a customer says to “Does it work again?”."""

    YES = "yes"
    NO = "no"


class Outage(Versioned, Model):
    """What does not work at some places, or will not during planned works.

    `technologies`: the lines that are touched; empty means every one. `moved`: how often the
    promised time became later. `ended_at`: when it worked again, or when it was called off.
    """

    __tablename__ = "outage"
    __table_args__ = (
        CheckConstraint("promised_at > started_at", name="promise_is_after_start"),
        CheckConstraint('("end" is null) = (ended_at is null)', name="end_has_time"),
        CheckConstraint("\"end\" in ('restored', 'called_off')", name="end_is_known"),
        CheckConstraint(
            "\"end\" <> 'restored' or ended_at >= started_at", name="restored_after_start"
        ),
        Index("ix_outage_open", "started_at", postgresql_where=text("ended_at is null")),
        Index("ix_outage_ended_at", "ended_at"),
    )

    is_planned: Mapped[bool]
    cause: Mapped[dict[str, str]]
    technologies: Mapped[list[str]]
    started_at: Mapped[datetime]
    promised_at: Mapped[datetime]
    moved: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    end: Mapped[str | None]
    opened_at: Mapped[datetime]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))

    areas: Mapped[list["OutageArea"]] = relationship(lazy="raise", order_by="OutageArea.id")
    promises: Mapped[list["OutagePromise"]] = relationship(
        lazy="raise", order_by="OutagePromise.id"
    )

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None

    def runs(self, now: datetime) -> bool:
        """Tell whether it has begun and has not ended."""
        return not self.is_over and self.started_at <= now

    def is_late(self, now: datetime) -> bool:
        """Tell whether its promised time has passed while it still runs."""
        return not self.is_over and self.promised_at <= now

    def move(self, until: datetime, *, now: datetime) -> None:
        """Promise another time; a later one is counted. Raises RuleError as `check_time` does.

        Also if it is over, or if the time is the promised one.
        """
        self._check_open()
        if until == self.promised_at:
            raise RuleError(_l("This is the time that is promised already."), field="promised_at")
        check_time(until, started_at=self.started_at, now=now)
        self.moved += until > self.promised_at
        self.promised_at = until

    def restore(self, at: datetime, *, now: datetime) -> None:
        """End it, as everything works again since `at`. Raises RuleError if that cannot be."""
        self._check_open()
        if self.started_at > now:
            raise RuleError(_l("These works have not begun. Call them off instead."))
        if at < self.started_at:
            raise RuleError(_l("It began later than that."), field="restored_at")
        if at > now:
            raise RuleError(_l("This time is still to come."), field="restored_at")
        self.ended_at, self.end = at, End.RESTORED

    def call_off(self, *, now: datetime) -> None:
        """End planned works before they begin. Raises RuleError afterwards."""
        self._check_open()
        if self.started_at <= now:
            raise RuleError(_l("It has begun already: say when it works again."))
        self.ended_at, self.end = now, End.CALLED_OFF

    def _check_open(self) -> None:
        if self.is_over:
            raise RuleError(_l("This outage is over already."))


def check_time(until: datetime, *, started_at: datetime, now: datetime) -> None:
    """Raise RuleError (field `promised_at`) unless an outage may be promised to end at `until`."""
    if until <= now:
        raise RuleError(_l("This time has passed. Name a later one."), field="promised_at")
    if until <= started_at:
        raise RuleError(_l("It cannot end before it begins."), field="promised_at")
    if until > started_at + LONGEST:
        raise RuleError(
            _l("Promise %(most)s days at most from its beginning."),
            field="promised_at",
            most=LONGEST.days,
        )


class OutageArea(Model):
    """A place that an outage touches; an empty district means the whole city."""

    __tablename__ = "outage_area"
    __table_args__ = (UniqueConstraint("outage_id", "city", "district"),)

    outage_id: Mapped[UUID] = mapped_column(ForeignKey("outage.id"))
    city: Mapped[str]
    district: Mapped[str] = mapped_column(default="")


class OutagePromise(Model):
    """A time that was promised, the first one and each that followed. Rows are only ever added.

    `reason`: why it became later, in three languages; empty of the first and of earlier times.
    """

    __tablename__ = "outage_promise"

    outage_id: Mapped[UUID] = mapped_column(ForeignKey("outage.id"), index=True)
    promised_at: Mapped[datetime]
    reason: Mapped[dict[str, str]]
    at: Mapped[datetime]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))


class OutageBroadcast(Model):
    """What all who follow an outage are told, each in his language, once.

    `promised_at`: the time that it names; a word that names none is no interim answer. `reason`:
    why that is later than before. `done_at`: when the last of them was told, `told` how many.
    """

    __tablename__ = "outage_broadcast"
    __table_args__ = (
        CheckConstraint("word in ('update', 'moved', 'restored')", name="word_is_known"),
        CheckConstraint("word <> 'moved' or promised_at is not null", name="move_names_time"),
        CheckConstraint("word <> 'restored' or promised_at is null", name="end_promises_nothing"),
        Index("ix_outage_broadcast_outage_id_id", "outage_id", "id"),
        Index("ix_outage_broadcast_undone", "id", postgresql_where=text("done_at is null")),
    )

    outage_id: Mapped[UUID] = mapped_column(ForeignKey("outage.id"))
    word: Mapped[str]
    texts: Mapped[dict[str, str]]
    promised_at: Mapped[datetime | None]
    reason: Mapped[dict[str, str]]
    at: Mapped[datetime]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    told: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]

    author: Mapped[User] = relationship(lazy="raise")


class OutageLink(Model):
    """A fault that belongs to an outage; `linked_by_id` is the specialist, or nobody if followed.

    `asked_at`: when its customer was asked whether it works again.
    """

    __tablename__ = "outage_link"
    __table_args__ = (
        UniqueConstraint("appeal_id"),
        CheckConstraint("answer in ('yes', 'no')", name="answer_is_known"),
        CheckConstraint("(answer is null) = (answered_at is null)", name="answer_has_time"),
        Index("ix_outage_link_outage_id_appeal_id", "outage_id", "appeal_id"),
        Index("ix_outage_link_account_id", "account_id"),
        Index("ix_outage_link_user_id", "user_id"),
        Index(
            "ix_outage_link_reminding",
            "asked_at",
            "id",
            postgresql_where=text(
                "asked_at is not null and answer is null and reminded_at is null"
            ),
        ),
    )

    outage_id: Mapped[UUID] = mapped_column(ForeignKey("outage.id"))
    appeal_id: Mapped[UUID] = mapped_column(ForeignKey("appeal.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    secret_hash: Mapped[str | None]
    linked_at: Mapped[datetime]
    linked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]

    outage: Mapped[Outage] = relationship(lazy="raise")
    appeal: Mapped[Appeal] = relationship(lazy="raise")


class OutageDelivery(Model):
    """A broadcast that an appeal has got: what was told once is not told again."""

    __tablename__ = "outage_delivery"
    __table_args__ = (
        UniqueConstraint("broadcast_id", "appeal_id"),
        Index("ix_outage_delivery_appeal_id", "appeal_id"),
    )

    broadcast_id: Mapped[UUID] = mapped_column(ForeignKey("outage_broadcast.id"))
    appeal_id: Mapped[UUID] = mapped_column(ForeignKey("appeal.id"))
