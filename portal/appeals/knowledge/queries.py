"""Reads of questions and answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.appeals.knowledge.models import Answer, AnswerVote, Tag, VainSearch
from portal.appeals.knowledge.searching import any_of, found_words
from portal.appeals.knowledge.wording import words_of
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.paging import Page, page_of

MOST_FOUND = 10
MOST_SUGGESTED = 3
LONGEST_ASKED = 600
VAIN_SHOWN = 20


@dataclass(frozen=True)
class Found:
    """What a search found, best first. `is_near`: only answers that hold few of the words."""

    answers: Sequence[Answer]
    is_near: bool = False

    @property
    def is_in_vain(self) -> bool:
        return self.is_near or not self.answers


@dataclass(frozen=True)
class Figures:
    """What readers thought of one answer, all versions together."""

    helped: int = 0
    failed: int = 0
    ended_appeals: int = 0

    @property
    def percent(self) -> int | None:
        """Return how many of a hundred were helped; None before anybody said so."""
        told = self.helped + self.failed
        return round(100 * self.helped / told) if told else None


def search(typed: str, *, most: int = MOST_FOUND, kind: str | None = None) -> Found:
    """Return the published answers that hold the words of `typed`, whatever was typed.

    Words match in any form and from their beginning, one wrong letter at the end does not matter;
    an answer with more of the words comes first. With `kind`, answers for another kind of appeal
    are left out. One statement, by the index of the documents; none if there is no telling word.
    """
    words = words_of(typed[:LONGEST_ASKED])
    if not words:
        return Found([])
    asked, found = any_of(words), found_words(words)
    query = (
        select(Answer, found)
        .where(Answer.live.is_not(None), Answer.document.op("@@")(asked))
        .order_by(found.desc(), func.ts_rank(Answer.document, asked).desc(), Answer.id)
        .limit(most)
        .options(joinedload(Answer.texts))
    )
    if kind:
        query = query.where(func.coalesce(Answer.kind, kind) == kind)
    rows = session.execute(query).unique().all()
    best = rows[0][1] if rows else 0
    return Found([row[0] for row in rows], is_near=bool(rows) and 2 * best < len(words))


def suggestions(subject: str, body: str, *, kind: str | None = None) -> Sequence[Answer]:
    """Return up to three answers for an appeal that is being written. One statement."""
    return search(f"{subject} {body}", most=MOST_SUGGESTED, kind=kind).answers


def published(*, tag: Tag | None = None, after: str | None = None) -> Page[Answer]:
    """Return a page of what readers see, the newest first; of one tag, or all."""
    query = select(Answer).options(selectinload(Answer.texts)).where(Answer.live.is_not(None))
    if tag:
        query = query.where(Answer.tags.contains([tag.value]))
    return page_of(query, Answer.published_at, Answer.id, after=after)


def published_answer(answer_id: UUID) -> Answer:
    """Return one that readers see. Raises NotFoundError for a draft."""
    answer = answer_of_desk(answer_id)
    if answer.live is None:
        raise NotFoundError
    return answer


def has_voted(answer: Answer, voter: str) -> bool:
    """Say whether that reader has told what he thinks of the version that is shown."""
    own = select(AnswerVote.id).where(
        AnswerVote.answer_id == answer.id,
        AnswerVote.number == answer.live,
        AnswerVote.voter == voter,
    )
    return session.scalar(own) is not None


def answers_of_desk(*, after: str | None = None) -> Page[Answer]:
    """Return a page of all answers, drafts too, the last changed first."""
    query = select(Answer).options(selectinload(Answer.texts))
    return page_of(query, Answer.changed_at, Answer.id, after=after)


def answer_of_desk(answer_id: UUID) -> Answer:
    """Return any answer, for editors. Raises NotFoundError."""
    query = select(Answer).options(selectinload(Answer.texts)).where(Answer.id == answer_id)
    if found := session.scalar(query):
        return found
    raise NotFoundError


def figures_of(answers: Sequence[Answer]) -> Mapping[UUID, Figures]:
    """Return what readers thought of each of `answers`. One statement."""
    helped, ended = AnswerVote.is_helpful, AnswerVote.ended_appeal
    rows = session.execute(
        select(
            AnswerVote.answer_id,
            func.count().filter(helped),
            func.count().filter(~helped),
            func.count().filter(ended),
        )
        .where(AnswerVote.answer_id.in_([each.id for each in answers]))
        .group_by(AnswerVote.answer_id)
    )
    told = {row[0]: Figures(*row[1:]) for row in rows}
    return {each.id: told.get(each.id, Figures()) for each in answers}


def comments_on(answer: Answer) -> Sequence[AnswerVote]:
    """Return the newest twenty comments of readers."""
    query = select(AnswerVote).where(AnswerVote.answer_id == answer.id, AnswerVote.comment != "")
    return session.scalars(query.order_by(AnswerVote.at.desc(), AnswerVote.id).limit(20)).all()


def vain_searches() -> Sequence[VainSearch]:
    """Return what was most often searched for and not found."""
    order = (VainSearch.times.desc(), VainSearch.last_at.desc(), VainSearch.id)
    return session.scalars(select(VainSearch).order_by(*order).limit(VAIN_SHOWN)).all()


def vain_search(vain_id: UUID) -> VainSearch:
    """Return one search in vain. Raises NotFoundError if somebody has dealt with it."""
    if found := session.get(VainSearch, vain_id):
        return found
    raise NotFoundError
