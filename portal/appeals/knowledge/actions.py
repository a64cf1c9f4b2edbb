"""Writes of questions and answers, of what readers thought, and of searches in vain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import User
from portal.appeals.knowledge.models import Answer, AnswerVote, Tag, VainSearch
from portal.appeals.knowledge.searching import document
from portal.appeals.knowledge.wording import Words, kept, scrubbed
from portal.core import audit, clock, db, ids
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l

VAIN_KEPT = timedelta(days=180)


@dataclass(frozen=True)
class Opinion:
    """What a reader thinks of an answer. `ended_appeal`: it spared the appeal he was writing."""

    is_helpful: bool
    ended_appeal: bool = False
    comment: str = ""


def create_answer(words: Words, *, kind: str | None, tags: Sequence[Tag], by: User) -> Answer:
    """Add a draft; `words` is (question, answer) by language. Records `appeals.answer_created`.

    Raises RuleError if there are no words in any language.
    """
    answer = Answer(id=ids.uuid7(), version=1, author_id=by.id, texts=[])
    _write(answer, words, kind=kind, tags=tags)
    session.add(answer)
    audit.record("appeals.answer_created", subject=answer, actor=by)
    return answer


def write_answer(
    answer: Answer, words: Words, *, kind: str | None, tags: Sequence[Tag], by: User
) -> None:
    """Change the draft of an answer, or begin one. Records `appeals.answer_changed`.

    Raises RuleError if no words would be left.
    """
    _write(answer, words, kind=kind, tags=tags)
    audit.record("appeals.answer_changed", subject=answer, actor=by)


def publish_answer(answer: Answer, *, by: User) -> None:
    """Let readers see and find the draft. Records `appeals.answer_published`.

    Raises RuleError if there is no draft, or one of its languages is half written.
    """
    answer.publish(clock.now())
    answer.document = document(answer.newest.values())
    audit.record("appeals.answer_published", subject=answer, actor=by, number=answer.live)


def withdraw_answer(answer: Answer, *, by: User) -> None:
    """Take an answer from the readers. Records `appeals.answer_withdrawn`.

    Raises RuleError if they do not see it.
    """
    answer.withdraw(clock.now())
    audit.record("appeals.answer_withdrawn", subject=answer, actor=by)


def delete_answer(answer: Answer, *, by: User) -> None:
    """Delete a draft that no reader ever saw. Records `appeals.answer_deleted`.

    Raises RuleError for one that was published.
    """
    if answer.was_published:
        raise RuleError(_l("Readers have seen this answer: withdraw it instead."))
    audit.record("appeals.answer_deleted", subject=answer, actor=by)
    session.delete(answer)


def vote(answer: Answer, opinion: Opinion, *, voter: str, language: str) -> bool:
    """Note what a reader thinks of the version that is shown; say whether it was his first word.

    E-mails and long numbers are taken out of the comment.
    """
    row = insert(AnswerVote).values(
        id=ids.uuid7(),
        answer_id=answer.id,
        number=answer.live,
        voter=voter,
        is_helpful=opinion.is_helpful,
        ended_appeal=opinion.ended_appeal,
        comment=scrubbed(opinion.comment),
        language=language,
        at=clock.now(),
    )
    return session.scalar(row.on_conflict_do_nothing().returning(AnswerVote.id)) is not None


def note_vain_search(typed: str, language: str) -> None:
    """Count a search that found nothing, without anybody's data; survives a GET."""
    if words := kept(typed):
        now = clock.now()
        row = insert(VainSearch).values(
            id=ids.uuid7(), words=words, language=language, times=1, last_at=now
        )
        again = row.on_conflict_do_update(
            index_elements=["words", "language"],
            set_={"times": VainSearch.times + 1, "last_at": now},
        )
        with db.separately() as own:
            own.execute(again)


def forget_vain_search(vain_id: UUID) -> None:
    """Take a search in vain off the editors' list; a second time changes nothing."""
    session.execute(delete(VainSearch).where(VainSearch.id == vain_id))


def forget_old_vain_searches() -> None:
    """Forget what nobody has searched for during VAIN_KEPT."""
    old = VainSearch.last_at < clock.now() - VAIN_KEPT
    session.execute(delete(VainSearch).where(old))


def _write(answer: Answer, words: Words, *, kind: str | None, tags: Sequence[Tag]) -> None:
    answer.write(words, now=clock.now())
    answer.kind = kind or None
    answer.tags = [tag.value for tag in tags]
