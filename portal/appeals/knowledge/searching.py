"""Full-text search over all languages at once: documents of answers, and questions to them."""

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, Integer, cast, func, literal_column

from portal.appeals.knowledge.models import Answer, AnswerText
from portal.appeals.knowledge.wording import Word, kazakh_stems

# PostgreSQL has no dictionary for Kazakh: the stems are made here, and it takes them as they are.
_CONFIGURATIONS = {"kk": "simple", "ru": "russian", "en": "english"}
_QUESTION: ColumnElement[Any] = literal_column("'A'")
_BODY: ColumnElement[Any] = literal_column("'C'")


def document(texts: Iterable[AnswerText]) -> ColumnElement[Any]:
    """Return the SQL of what is searched: a question weighs more than its answer."""
    parts = [
        func.setweight(_vector(each.language, words), weight)
        for each in texts
        for words, weight in ((each.question, _QUESTION), (each.body, _BODY))
    ]
    return _joined(parts)


def _vector(language: str, words: str) -> ColumnElement[Any]:
    own = kazakh_stems(words) if language == "kk" else words.lower().replace("ё", "е")
    return func.to_tsvector(_CONFIGURATIONS[language], own)


def any_of(words: Sequence[Word]) -> ColumnElement[Any]:
    """Return the SQL of a question that matches a document with one of the words (not empty)."""
    return _joined([_asking(word) for word in words])


def found_words(words: Sequence[Word]) -> ColumnElement[int]:
    """Return the SQL of how many of the words an answer holds."""
    found = [cast(Answer.document.op("@@")(_asking(word)), Integer) for word in words]
    return reduce(lambda left, right: left + right, found)


def _asking(word: Word) -> ColumnElement[Any]:
    """Ask for a word in the form of each dictionary, for what it begins, and for what is near it.

    A word holds letters and figures only, so that nothing typed can be an operator; one of two
    letters ("tv") is no beginning of others. The Russian dictionary knows English words too.
    """
    tail = ":*" if len(word.text) > 2 else ""
    asked = [
        func.to_tsquery("russian", word.text + tail),
        func.to_tsquery("simple", word.stem + tail),
    ]
    if word.loose:
        asked.append(func.to_tsquery("simple", word.loose + ":*"))
    return _joined(asked)


def _joined(parts: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    return reduce(lambda left, right: left.op("||")(right), parts)
