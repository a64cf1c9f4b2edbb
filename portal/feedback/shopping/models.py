"""Tables of mystery shopping."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Model, Versioned
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.feedback.shopping.scoring import Question, score


class Checklist(Model):
    """What is looked at, in one version; entries keep the version that they were made by.

    `names` and the texts of the questions are {"kk": ..., "ru": ..., "en": ...}.
    """

    __tablename__ = "shopping_checklist"
    __table_args__ = (
        UniqueConstraint("code", "number"),
        CheckConstraint("number > 0", name="number_is_counted"),
    )

    code: Mapped[str]
    number: Mapped[int]
    names: Mapped[dict[str, str]]
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    created_at: Mapped[datetime]

    @property
    def asked(self) -> list[Question]:
        return [Question.of(each) for each in self.questions]


class ShoppingVisit(Versioned, Model):
    """One entry of an agency: where, when, what was seen. Once submitted it is final.

    `answers` is {code of a question: a word of Reply}; `score` is 0 to 100.
    """

    __tablename__ = "shopping_visit"
    __table_args__ = (
        CheckConstraint("score between 0 and 100", name="score_is_percent"),
        CheckConstraint(
            "submitted_at is null or (visited_on is not null and score is not null)",
            name="submitted_is_whole",
        ),
        Index("ix_shopping_visit_user_id_id", "user_id", "id"),
        Index(
            "ix_shopping_visit_visited_on",
            "visited_on",
            "checklist_id",
            postgresql_where=text("submitted_at is not null"),
        ),
    )

    checklist_id: Mapped[UUID] = mapped_column(ForeignKey("shopping_checklist.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    place: Mapped[str]
    visited_on: Mapped[date | None]
    answers: Mapped[dict[str, str]]
    comment: Mapped[str]
    score: Mapped[int | None]
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]

    checklist: Mapped[Checklist] = relationship(lazy="raise")

    def write(
        self, *, place: str, visited_on: date | None, answers: Mapping[str, str], comment: str
    ) -> None:
        """Put what was seen. Raises RuleError once it is submitted."""
        if self.submitted_at is not None:
            raise RuleError(_l("This entry is submitted: nobody can change it any more."))
        self.place, self.visited_on, self.comment = place, visited_on, comment
        self.answers = dict(answers)
        self.score = score(self.checklist.asked, answers)

    def submit(self, *, now: datetime, today: date) -> None:
        """Make it final. Raises RuleError if something is missing, or the day is to come."""
        if not self.place:
            raise RuleError(_l("Write which place it was."), field="place")
        if self.visited_on is None:
            raise RuleError(_l("Choose the day."), field="visited_on")
        if self.visited_on > today:
            raise RuleError(_l("This day is still to come."), field="visited_on")
        if self.score is None:
            raise RuleError(_l("Answer every question; one at least with yes or no."))
        self.submitted_at = now
