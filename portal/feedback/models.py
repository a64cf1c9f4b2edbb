"""Tables of ratings: what was asked, what was given, and how a supervisor closed it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.db import Model, Versioned
from portal.core.errors import RuleError
from portal.core.text import _l

CALL_BACK_UP_TO = 3
LONGEST_COMMENT = 4_000


class RatingRequest(Model):
    """A contact that may be rated, once: who is asked, about whom, about what.

    `about_name` is the specialist's name as the customer reads it.
    """

    __tablename__ = "rating_request"
    __table_args__ = (UniqueConstraint("subject_kind", "subject_id", "cycle"),)

    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    cycle: Mapped[int]
    title: Mapped[str]
    number: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    secret_hash: Mapped[str | None]
    about_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    about_name: Mapped[str]
    asked_at: Mapped[datetime]

    about: Mapped[User] = relationship(lazy="raise", foreign_keys=[about_id])
    rating: Mapped["Rating | None"] = relationship(lazy="raise", back_populates="request")


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
    action: Mapped[str | None]
    called_back_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    rating: Mapped[Rating] = relationship(lazy="raise", back_populates="review")
    reviewer: Mapped[User] = relationship(lazy="raise")

    def close(self, rating: Rating, *, cause: Cause, action: str, now: datetime) -> None:
        """Close the review of `rating`.

        Raises RuleError if it is closed already, and for 1 to 3 without a call back.
        """
        if self.closed_at is not None:
            raise RuleError(_l("This rating is closed already."))
        if rating.score <= CALL_BACK_UP_TO and self.called_back_at is None:
            raise RuleError(
                _l("Call the customer back first: the rating is 3 or lower."), field="called_back"
            )
        self.cause, self.action, self.closed_at = cause, action, now
