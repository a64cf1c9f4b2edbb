"""A child's secret link, and what it asks."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model
from portal.core.text import local, midnight
from portal.parental.sites import shown_name

MOST_QUESTIONS = 5  # of one profile in a day. Source: parental-control.md, "Ask a parent"
BRIEFLY = timedelta(minutes=15)
QUESTIONS_KEPT = timedelta(days=7)


class Answer(StrEnum):
    """What parents say with one press."""

    MINUTES = "minutes"
    TODAY = "today"
    ALWAYS = "always"
    NO = "no"

    def open_until(self, now: datetime) -> datetime | None:
        """Return when what this answer opens closes by itself; None if it does not."""
        if self is Answer.MINUTES:
            return now + BRIEFLY
        if self is Answer.TODAY:
            return midnight(local(now).date() + timedelta(days=1))
        return None


class ChildLink(Model):
    """The way in for a child of a profile: whoever has its secret, sees the rules and may ask.

    The database has the secret's digest only (`secrets.secret_for` makes it again).
    """

    __tablename__ = "parental_child_link"
    __table_args__ = (
        Index(
            "uq_parental_child_link_standing",
            "profile_id",
            unique=True,
            postgresql_where=text("revoked_at is null"),
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    profile_id: Mapped[UUID] = mapped_column(ForeignKey("parental_profile.id"))
    secret_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Question(Model):
    """A site that a child asks for. `site` is in A-labels; `open_until` follows the answer."""

    __tablename__ = "parental_question"
    __table_args__ = (
        CheckConstraint("answer in ('minutes', 'today', 'always', 'no')", name="answer_is_known"),
        CheckConstraint("(answer is null) = (answered_at is null)", name="answer_has_time"),
        Index("ix_parental_question_account_id", "account_id", "id"),
        Index("ix_parental_question_profile_id_asked_at", "profile_id", "asked_at"),
        Index(
            "uq_parental_question_open",
            "profile_id",
            "site",
            unique=True,
            postgresql_where=text("answer is null"),
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    profile_id: Mapped[UUID] = mapped_column(ForeignKey("parental_profile.id"))
    site: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(default="")
    open_until: Mapped[datetime | None]

    @property
    def shown(self) -> str:
        """The site as people read it."""
        return shown_name(self.site)

    def is_over(self, now: datetime) -> bool:
        """Say whether what was opened has closed again by itself."""
        return self.open_until is not None and self.open_until <= now

    def give(self, answer: Answer, *, by_name: str, now: datetime) -> None:
        """Write down the parents' answer; the first one stays."""
        if self.answer is None:
            self.answer, self.answered_at, self.answered_by = answer, now, by_name
            self.open_until = answer.open_until(now)
