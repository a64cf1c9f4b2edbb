"""Tables of ratings: what was asked, what was given, and how a supervisor closed it."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.db import Model, Versioned
from portal.core.errors import RuleError
from portal.core.text import _l, day

CALL_BACK_UP_TO = 3
LONGEST_COMMENT = 4_000
MAY_BE_GIVEN = timedelta(days=30)


class Mark(StrEnum):
    """What was good or bad about a contact."""

    FAST = "fast"
    KIND = "kind"
    CLEAR = "clear"
    SOLVED = "solved"
    SLOW = "slow"
    RUDE = "rude"
    UNCLEAR = "unclear"
    UNSOLVED = "unsolved"


class RatingRequest(Model):
    """A contact that may be rated, once: who is asked, about whom, about what.

    `subject_kind` is appeal (its answer), contact (a call, an office), order or visit; `channel`
    is that of the appeal, else order or visit. `about_name` is the specialist's name as the
    customer reads it; of an order and a visit nobody is named. `link_hash` is the digest of the
    link in the e-mail. `is_reached`: somebody was asked in the portal or by e-mail; whoever has
    only a number and a key may rate, but counts as asked only when he does.
    """

    __tablename__ = "rating_request"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "cycle"),
        Index("ix_rating_request_asked_at", "asked_at"),
        Index("ix_rating_request_secret_hash", "secret_hash"),
    )

    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    cycle: Mapped[int]
    title: Mapped[str]
    number: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    secret_hash: Mapped[str | None]
    link_hash: Mapped[str | None] = mapped_column(unique=True)
    channel: Mapped[str] = mapped_column(server_default="form")
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    about_name: Mapped[str]
    asked_at: Mapped[datetime]
    is_reached: Mapped[bool] = mapped_column(server_default=true())

    about: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[about_id])
    rating: Mapped["Rating | None"] = relationship(lazy="raise", back_populates="request")

    @property
    def until(self) -> datetime:
        """The moment up to which it may be rated."""
        return self.asked_at + MAY_BE_GIVEN

    def check_open(self, now: datetime) -> None:
        """Raise RuleError when the time to rate it is over."""
        if now >= self.until:
            raise RuleError(
                _l("This could be rated until %(day)s. Write an appeal if something is wrong."),
                day=day(self.until),
            )


class Rating(Model):
    """1 to 5 and a comment. No role may change or delete one."""

    __tablename__ = "rating"
    __table_args__ = (CheckConstraint("score between 1 and 5", name="score_is_1_to_5"),)

    request_id: Mapped[UUID] = mapped_column(ForeignKey("rating_request.id"), unique=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    secret_hash: Mapped[str | None]
    score: Mapped[int]
    comment: Mapped[str]
    marks: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    given_at: Mapped[datetime]

    request: Mapped[RatingRequest] = relationship(lazy="raise", back_populates="rating")
    review: Mapped["RatingReview | None"] = relationship(lazy="raise", back_populates="rating")


class Cause(StrEnum):
    """What a supervisor found behind a rating."""

    SPECIALIST = "specialist"
    SPEED = "speed"
    NETWORK = "network"
    PRICE = "price"
    INFORMATION = "information"
    NOTHING = "nothing"


class RatingReview(Versioned, Model):
    """How a supervisor dealt with a rating: acknowledged, cause, action, closed."""

    __tablename__ = "rating_review"
    __table_args__ = (
        CheckConstraint(
            "closed_at is null or (cause is not null and action is not null)",
            name="closed_has_cause_and_action",
        ),
        Index("ix_rating_review_open", "id", postgresql_where=text("closed_at is null")),
    )

    rating_id: Mapped[UUID] = mapped_column(ForeignKey("rating.id"), unique=True)
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    acknowledged_at: Mapped[datetime]
    cause: Mapped[str | None]
    cause_at: Mapped[datetime | None]
    action: Mapped[str | None]
    acted_at: Mapped[datetime | None]
    called_back_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    rating: Mapped[Rating] = relationship(lazy="raise", back_populates="review")
    reviewer: Mapped[User] = relationship(lazy="raise")

    def note(
        self, *, cause: Cause | None, action: str, called_back: bool, now: datetime
    ) -> list[str]:
        """Record the steps that are new, each with its time; return their names.

        What was recorded stays with its time unless it says something else now. Raises RuleError
        if the review is closed.
        """
        if self.closed_at is not None:
            raise RuleError(_l("This rating is closed already."))
        taken = []
        if cause and cause != self.cause:
            self.cause, self.cause_at = cause, now
            taken.append("cause")
        if action and action != self.action:
            self.action, self.acted_at = action, now
            taken.append("action")
        if called_back and self.called_back_at is None:
            self.called_back_at = now
            taken.append("call")
        return taken

    def close(self, rating: Rating, *, now: datetime) -> None:
        """Close the review of `rating`.

        Raises RuleError if it is closed already, without its cause or what was done, and for 1 to
        3 without a call back.
        """
        if self.closed_at is not None:
            raise RuleError(_l("This rating is closed already."))
        if self.cause is None:
            raise RuleError(_l("Choose the cause."), field="cause")
        if self.action is None:
            raise RuleError(_l("Write what was done."), field="action")
        if rating.score <= CALL_BACK_UP_TO and self.called_back_at is None:
            raise RuleError(
                _l("Call the customer back first: the rating is 3 or lower."), field="called_back"
            )
        self.closed_at = now
