"""Newsletters and their issues."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Model, Versioned
from portal.core.errors import RuleError
from portal.core.text import FALLBACK, LANGUAGES, _l


class State(StrEnum):
    """Where an issue stands."""

    DRAFT = "draft"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    STOPPED = "stopped"


STEPS = {
    State.DRAFT: {State.SENDING},
    State.SENDING: {State.PAUSED, State.SENT, State.STOPPED},
    State.PAUSED: {State.SENDING, State.STOPPED},
    State.SENT: set[State](),
    State.STOPPED: set[State](),
}


class Newsletter(Model):
    """A topic one subscribes to. `names` and `about` are {"kk": ..., "ru": ..., "en": ...}."""

    __tablename__ = "newsletter"

    code: Mapped[str] = mapped_column(unique=True)
    names: Mapped[dict[str, str]]
    about: Mapped[dict[str, str]]
    position: Mapped[int]

    @property
    def purpose(self) -> str:
        """What a reader consents to, as the ledger of consents names it."""
        return f"newsletter:{self.code}"


class IssueText(Model):
    """An issue in one language. `body` is Markdown, `lead` a sentence or two for lists."""

    __tablename__ = "issue_text"
    __table_args__ = (
        UniqueConstraint("issue_id", "language"),
        CheckConstraint("language in ('kk', 'ru', 'en')", name="language_is_known"),
    )

    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issue.id"))
    language: Mapped[str]
    title: Mapped[str]
    lead: Mapped[str]
    body: Mapped[str]

    issue: Mapped["Issue"] = relationship(back_populates="texts", lazy="raise")

    @property
    def is_empty(self) -> bool:
        return not (self.title or self.lead or self.body)

    @property
    def is_whole(self) -> bool:
        return bool(self.title and self.lead and self.body)


class Issue(Versioned, Model):
    """One mailing of a newsletter.

    `number` counts within the newsletter and is given when sending starts, as is `published_at`;
    `listed_at` says that its deliveries are written down, `ended_at` that none is left to send.
    """

    __tablename__ = "issue"
    __table_args__ = (
        UniqueConstraint("newsletter_id", "number"),
        CheckConstraint(
            "state in ('draft', 'sending', 'paused', 'sent', 'stopped')", name="state_is_known"
        ),
        CheckConstraint(
            "(state = 'draft') = (published_at is null and number is null)",
            name="published_has_a_number",
        ),
        Index("ix_issue_created_at_id", "created_at", "id"),
        Index(
            "ix_issue_published",
            "published_at",
            "id",
            postgresql_where=text("published_at is not null"),
        ),
        Index(
            "ix_issue_published_in",
            "newsletter_id",
            "published_at",
            "id",
            postgresql_where=text("published_at is not null"),
        ),
    )

    newsletter_id: Mapped[UUID] = mapped_column(ForeignKey("newsletter.id"))
    number: Mapped[int | None]
    offering_code: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=State.DRAFT)
    gap_reason: Mapped[str | None]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    listed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    newsletter: Mapped[Newsletter] = relationship(lazy="raise")
    texts: Mapped[list[IssueText]] = relationship(
        back_populates="issue", lazy="raise", cascade="all, delete-orphan"
    )

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT

    @property
    def languages(self) -> list[str]:
        """The languages in which it is whole, in the order kk, ru, en."""
        whole = {each.language for each in self.texts if each.is_whole}
        return [code for code in LANGUAGES if code in whole]

    @property
    def gaps(self) -> list[str]:
        """The languages in which it is missing, or not whole."""
        return [code for code in LANGUAGES if code not in self.languages]

    def words_in(self, language: str) -> IssueText:
        """Return what an editor of `language` sees of it, whole or not: a draft has some words."""
        written = {each.language: each for each in self.texts}
        return next(written[code] for code in (language, FALLBACK, *LANGUAGES) if code in written)

    def text_in(self, language: str) -> IssueText:
        """Return the text for a reader of `language`: his own, else Russian, Kazakh, English."""
        whole = {each.language: each for each in self.texts if each.is_whole}
        for code in (language, FALLBACK, *LANGUAGES):
            if code in whole:
                return whole[code]
        raise RuleError(_l("This issue has no text yet."))

    def check_seen(self, version: str) -> None:
        """Raise RuleError if somebody changed it since an editor opened `version` of it."""
        if version != str(self.version):
            raise RuleError(
                _l(
                    "Somebody changed this issue meanwhile. What you typed is kept here:"
                    " open the issue in another window and bring both together."
                )
            )

    def write(self, language: str, *, title: str, lead: str, body: str, now: datetime) -> None:
        """Put the text of one language; all three empty takes it out.

        Raises RuleError once the issue is no draft any more.
        """
        if not self.is_draft:
            raise RuleError(_l("This issue has been sent: it cannot be changed any more."))
        known = next((each for each in self.texts if each.language == language), None)
        if known is None:
            known = IssueText(language=language)
            self.texts.append(known)
        known.title, known.lead, known.body = title, lead, body
        if known.is_empty:
            self.texts.remove(known)
        self.changed_at = now

    def start_sending(self, *, number: int, gap_reason: str, now: datetime) -> None:
        """Publish the issue and begin to send it.

        Raises RuleError if it is no draft, if a language is missing without a reason why, or if
        no language is whole.
        """
        if not self.is_draft:
            raise RuleError(_l("This issue has been sent already."))
        if not self.languages:
            raise RuleError(_l("Write the title, the summary and the text first."))
        if self.gaps and not gap_reason:
            raise RuleError(
                _l("A language is missing. Write it, or say why this issue goes without it."),
                field="gap_reason",
            )
        self.gap_reason = gap_reason or None
        self.number = number
        self.published_at = now
        self._step(State.SENDING)

    def pause(self) -> None:
        """Send no more until it is resumed. Raises RuleError if it is not being sent."""
        self._step(State.PAUSED)

    def resume(self) -> None:
        """Go on sending. Raises RuleError if it is not paused."""
        if self.state != State.PAUSED:
            raise RuleError(_l("This issue is not paused."))
        self._step(State.SENDING)

    def stop(self, now: datetime) -> None:
        """Send no more, for ever. Raises RuleError if it has ended already."""
        self._step(State.STOPPED)
        self.ended_at = now

    def finish(self, now: datetime) -> None:
        """Note that nothing is left to send."""
        self._step(State.SENT)
        self.ended_at = now

    def _step(self, to: State) -> None:
        if to not in STEPS[State(self.state)]:
            raise RuleError(_l("This issue is not being sent now."))
        self.state = to
