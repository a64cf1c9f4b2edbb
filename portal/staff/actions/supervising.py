"""A supervisor helps many appeals at once: each alone, with the reasons of those refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from portal.accounts.models import User
from portal.appeals import actions as appeals
from portal.appeals import queries
from portal.appeals.actions import desk
from portal.appeals.models import Appeal
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.staff.queries.many import MOST_AT_ONCE


@dataclass(frozen=True)
class Refusal:
    """An appeal for which it could not be done, and why, in the reader's words."""

    number: str
    reason: str


def assign_many(appeal_ids: Sequence[UUID], *, to: User, note: str, by: User) -> Sequence[Refusal]:
    """Give many appeals to a colleague; return those for which it could not be done.

    Raises RuleError without an appeal, or for more than 200.
    """
    return _each(appeal_ids, lambda appeal: desk.assign(appeal, to=to, note=note, by=by))


def extend_many(appeal_ids: Sequence[UUID], *, reason: str, by: User) -> Sequence[Refusal]:
    """Extend many investigations with one reason; return those for which it could not be done.

    Raises RuleError without an appeal, or for more than 200.
    """
    return _each(
        appeal_ids, lambda appeal: appeals.extend_investigation(appeal, reason=reason, by=by)
    )


def _each(appeal_ids: Sequence[UUID], act: Callable[[Appeal], None]) -> Sequence[Refusal]:
    if not appeal_ids:
        raise RuleError(_l("Choose at least one appeal."))
    if len(appeal_ids) > MOST_AT_ONCE:
        raise RuleError(_l("Choose %(most)s appeals at most."), most=MOST_AT_ONCE)
    refused = []
    for appeal_id in sorted(set(appeal_ids)):  # In one order: two supervisors never wait in a ring.
        appeal = queries.appeal_for_staff(appeal_id, lock=True)
        try:
            with session.begin_nested():
                act(appeal)
        except RuleError as error:
            refused.append(Refusal(appeal.number, error.message))
    return refused
