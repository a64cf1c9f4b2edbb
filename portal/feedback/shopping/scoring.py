"""What an entry is worth: the weight of what was done, of all that could be done. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Reply(StrEnum):
    """What the visitor saw."""

    YES = "yes"
    NO = "no"
    NOT_MET = "not_met"  # There was no occasion for it: it counts neither way.


@dataclass(frozen=True)
class Question:
    """One line of a checklist; `texts` is {"kk": ..., "ru": ..., "en": ...}."""

    code: str
    weight: int
    texts: dict[str, str]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Question":
        return cls(told["code"], int(told["weight"]), dict(told["texts"]))


@dataclass(frozen=True)
class Seen:
    """What an agency's visitor saw, where and when; `answers` is {question: a word of Reply}."""

    place: str = ""
    visited_on: date | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""


def score(questions: Sequence[Question], replies: Mapping[str, str]) -> int | None:
    """Return 0 to 100, whole; None if a question has no reply, or all of them were not met."""
    if any(each.code not in replies for each in questions):
        return None
    met = [each for each in questions if replies[each.code] != Reply.NOT_MET]
    possible = sum(each.weight for each in met)
    reached = sum(each.weight for each in met if replies[each.code] == Reply.YES)
    return (200 * reached + possible) // (2 * possible) if possible else None
