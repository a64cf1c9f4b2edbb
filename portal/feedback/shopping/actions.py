"""Writes of mystery shopping: checklists come from a file, entries from an agency."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from portal.accounts.models import User
from portal.core import audit, clock, ids
from portal.core.db import session
from portal.core.text import today
from portal.feedback.shopping.models import Checklist, ShoppingVisit
from portal.feedback.shopping.scoring import Seen

CHECKLISTS = Path(__file__).with_name("checklists.yaml")


def load_checklists(path: Path = CHECKLISTS) -> Sequence[str]:
    """Take over the checklists of a file; return the codes of those that have a new version.

    What is in the newest version already stays as it is.
    """
    told: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [each["code"] for each in told if _load(each)]


def _load(told: Mapping[str, Any]) -> bool:
    versions = select(Checklist).where(Checklist.code == told["code"])
    newest = session.scalar(versions.order_by(Checklist.number.desc()).limit(1))
    names, questions = told["names"], told["questions"]
    if newest and (newest.names, newest.questions) == (names, questions):
        return False
    number = newest.number + 1 if newest else 1
    session.add(
        Checklist(
            code=told["code"],
            number=number,
            names=names,
            questions=questions,
            created_at=clock.now(),
        )
    )
    session.flush()  # Another list of the file may be the same one again.
    return True


def begin_entry(checklist: Checklist, *, by: User) -> ShoppingVisit:
    """Begin an entry by a checklist. Records `feedback.shopping_begun`."""
    entry = ShoppingVisit(
        id=ids.uuid7(),
        version=1,
        checklist=checklist,
        user_id=by.id,
        place="",
        answers={},
        comment="",
        created_at=clock.now(),
    )
    session.add(entry)
    audit.record("feedback.shopping_begun", subject=entry, actor=by, checklist=checklist.code)
    return entry


def save_entry(entry: ShoppingVisit, seen: Seen) -> None:
    """Write down what was seen so far. Raises RuleError once it is submitted."""
    entry.write(
        place=seen.place, visited_on=seen.visited_on, answers=seen.answers, comment=seen.comment
    )


def submit_entry(entry: ShoppingVisit, seen: Seen, *, by: User) -> None:
    """Write down what was seen and make it final. Records `feedback.shopping_submitted`.

    Raises RuleError once it is submitted, and if something is missing.
    """
    save_entry(entry, seen)
    entry.submit(now=clock.now(), today=today())
    audit.record("feedback.shopping_submitted", subject=entry, actor=by, score=entry.score)
