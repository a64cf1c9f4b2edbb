"""Tables of questions and answers, of what readers thought of them, and of searches in vain."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Model, Versioned
from portal.core.errors import RuleError
from portal.core.text import FALLBACK, LANGUAGES, _l

LONGEST_QUESTION = 200
LONGEST_BODY = 20_000
LONGEST_COMMENT = 1_000
_LANGUAGE = "language in ('kk', 'ru', 'en')"


class Tag(StrEnum):
    """What an answer is about: by these the answers are browsed."""

    INTERNET = "internet"
    WIFI = "wifi"
    TV = "tv"
    MONEY = "money"
    CONTRACT = "contract"
    TARIFF = "tariff"
    MOVING = "moving"
    CHILDREN = "children"
    EQUIPMENT = "equipment"
    PORTAL = "portal"


class AnswerText(Model):
    """A question and its answer in one language and version. `body` is Markdown."""

    __tablename__ = "answer_text"
    __table_args__ = (
        UniqueConstraint("answer_id", "number", "language"),
        CheckConstraint(_LANGUAGE, name="language_is_known"),
    )

    answer_id: Mapped[UUID] = mapped_column(ForeignKey("answer.id"))
    number: Mapped[int]
    language: Mapped[str]
    question: Mapped[str]
    body: Mapped[str]

    answer: Mapped["Answer"] = relationship(
        back_populates="texts", lazy="raise", foreign_keys=[answer_id]
    )

    @property
    def is_empty(self) -> bool:
        return not (self.question or self.body)

    @property
    def is_whole(self) -> bool:
        return bool(self.question and self.body)


class Answer(Versioned, Model):
    """A question with its answer. Readers see version `live`, editors write version `draft`.

    A published version is never changed: the next change begins a new draft. `kind` is the kind
    of appeal that it may spare; None for every kind. `document` is what searches look through:
    all languages of the live version.
    """

    __tablename__ = "answer"
    __table_args__ = (
        CheckConstraint(
            "kind in ('fault', 'question', 'complaint', 'suggestion', 'gratitude')",
            name="kind_is_known",
        ),
        CheckConstraint(
            "(live is null) = (document is null) and (live is null) = (published_at is null)",
            name="live_is_searched",
        ),
        CheckConstraint("live is not null or draft is not null", name="says_something"),
        Index("ix_answer_changed_at_id", "changed_at", "id"),
        Index(
            "ix_answer_published",
            "published_at",
            "id",
            postgresql_where=text("live is not null"),
        ),
        Index(
            "ix_answer_document",
            "document",
            postgresql_using="gin",
            postgresql_where=text("live is not null"),
        ),
    )

    kind: Mapped[str | None]
    tags: Mapped[list[str]]
    live: Mapped[int | None]
    draft: Mapped[int | None]
    document: Mapped[Any] = mapped_column(TSVECTOR, nullable=True, deferred=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    texts: Mapped[list[AnswerText]] = relationship(
        back_populates="answer",
        lazy="raise",
        cascade="all, delete-orphan",
        foreign_keys=[AnswerText.answer_id],
        primaryjoin="and_(Answer.id == AnswerText.answer_id, AnswerText.number.in_(("
        "func.coalesce(Answer.live, 0), func.coalesce(Answer.draft, 0))))",
    )

    def written(self, number: int | None) -> dict[str, AnswerText]:
        """Return the texts of a version by language, in the order kk, ru, en."""
        found = {each.language: each for each in self.texts if each.number == number}
        return {code: found[code] for code in LANGUAGES if code in found}

    def shown_to(self, language: str) -> AnswerText:
        """Return the live text for a reader: his language, else Russian, Kazakh, English."""
        written = self.written(self.live)
        return next(written[code] for code in (language, FALLBACK, *LANGUAGES) if code in written)

    @property
    def newest(self) -> dict[str, AnswerText]:
        """Return what an editor goes on from: the draft, or else the live version."""
        return self.written(self.draft or self.live)

    @property
    def gaps(self) -> list[str]:
        """The languages in which the newest version is missing or not whole."""
        newest = self.newest
        return [code for code in LANGUAGES if code not in newest or not newest[code].is_whole]

    def write(self, words: Mapping[str, tuple[str, str]], *, now: datetime) -> None:
        """Put (question, answer) by language into the draft; both empty takes a language out.

        Begins a new draft if there is none; what readers see already needs none.
        Raises RuleError if no words would be left.
        """
        if not any(part for both in words.values() for part in both):
            raise RuleError(_l("Write something first: a question will do for a draft."))
        if self.draft is None and self._says(words):
            return
        self.draft = self.draft or (self.live or 0) + 1
        drafted = self.written(self.draft)
        for language, (question, body) in words.items():
            text = drafted.get(language) or AnswerText(language=language, number=self.draft)
            text.question, text.body = question, body
            if text.is_empty and language in drafted:
                self.texts.remove(text)
            elif not text.is_empty and language not in drafted:
                self.texts.append(text)
        self.changed_at = now

    def _says(self, words: Mapping[str, tuple[str, str]]) -> bool:
        live = {code: (text.question, text.body) for code, text in self.written(self.live).items()}
        return live == {code: both for code, both in words.items() if any(both)}

    def publish(self, now: datetime) -> None:
        """Let readers see the draft instead of what they see now; the document is the caller's.

        Raises RuleError if there is no draft, or one of its languages lacks question or answer.
        """
        if self.draft is None:
            raise RuleError(_l("There is nothing new to publish."))
        if not all(text.is_whole for text in self.newest.values()):
            raise RuleError(
                _l("A language has a question without an answer, or an answer without a question.")
            )
        self.live, self.draft = self.draft, None
        self.published_at = self.changed_at = now

    def withdraw(self, now: datetime) -> None:
        """Take it from the readers; what they saw is a draft again, unless there is one already.

        Raises RuleError if they do not see it.
        """
        if self.live is None:
            raise RuleError(_l("Readers do not see this answer: it is a draft."))
        if self.draft is None:
            self.draft = self.live + 1
            for text in self.written(self.live).values():
                again = AnswerText(language=text.language, question=text.question, body=text.body)
                again.number = self.draft
                self.texts.append(again)
        self.live = self.document = self.published_at = None
        self.changed_at = now

    @property
    def was_published(self) -> bool:
        return self.live is not None or self.draft != 1

    def check_seen(self, version: str) -> None:
        """Raise RuleError if somebody changed it since an editor opened `version` of it."""
        if version != str(self.version):
            raise RuleError(
                _l(
                    "Somebody changed this answer meanwhile. What you typed is kept here:"
                    " open the answer in another window and bring both together."
                )
            )


class AnswerVote(Model):
    """What a reader thought of a version of an answer, once. `voter` tells readers apart, not who.

    `ended_appeal`: it was found while an appeal was written, and the appeal was not sent.
    """

    __tablename__ = "answer_vote"
    __table_args__ = (
        UniqueConstraint("answer_id", "number", "voter"),
        CheckConstraint(_LANGUAGE, name="language_is_known"),
    )

    answer_id: Mapped[UUID] = mapped_column(ForeignKey("answer.id"))
    number: Mapped[int]
    voter: Mapped[str]
    is_helpful: Mapped[bool]
    ended_appeal: Mapped[bool]
    comment: Mapped[str]
    language: Mapped[str]
    at: Mapped[datetime]


class VainSearch(Model):
    """Words that were searched for and not found, with nothing of who did."""

    __tablename__ = "vain_search"
    __table_args__ = (
        UniqueConstraint("words", "language"),
        CheckConstraint(_LANGUAGE, name="language_is_known"),
        Index("ix_vain_search_times_last_at", "times", "last_at"),
        Index("ix_vain_search_last_at", "last_at"),
    )

    words: Mapped[str]
    language: Mapped[str]
    times: Mapped[int]
    last_at: Mapped[datetime]
