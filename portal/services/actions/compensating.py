"""Money back for broken promises, without being asked for it."""

from collections.abc import Iterable

from sqlalchemy import func, select

from portal.core import audit, events
from portal.core.db import session
from portal.core.jobs import enqueue
from portal.core.money import ZERO
from portal.core.text import local
from portal.events import CompensationCredited, PromiseLate
from portal.promises.policy import Kind
from portal.services.actions.charging import compensate
from portal.services.compensating import CompensationSheet, cause_of
from portal.services.models import CompensationTable
from portal.services.queries.compensation import compensation_for

# A missed visit is credited with its result, in the same transaction.
_CREDITED_ELSEWHERE = frozenset({Kind.VISIT})


def credit_later(late: Iterable[PromiseLate]) -> None:
    """Let the worker credit what these late days cost: one job, whatever their number."""
    days = [
        {
            "account_id": str(each.account_id),
            "subject_kind": each.subject_kind,
            "subject_id": str(each.subject_id),
            "kind": each.kind,
            "cycle": each.cycle,
            "day": each.day,
            "began_at": each.began_at.isoformat(),
        }
        for each in late
        if each.account_id and Kind(each.kind) not in _CREDITED_ELSEWHERE
    ]
    if days:
        enqueue(session, "portal.services.jobs.credit_late_days", days=days)


def add_compensation_table(sheet: CompensationSheet) -> int:
    """Add a version of the operator's table; return its number. What is credited stays.

    Records `services.compensation_table_added`.
    """
    newest = session.scalar(select(func.max(CompensationTable.version))) or 0
    lines = [line.model_dump(mode="json") for line in sheet.lines]
    session.add(CompensationTable(version=newest + 1, since_on=sheet.since, lines=lines))
    audit.record("services.compensation_table_added", version=newest + 1)
    return newest + 1


def credit_late_day(late: PromiseLate) -> None:
    """Give back what a late day of a promise costs by the operator's table, once.

    Publishes CompensationCredited. Source: appeals-and-sla.md, "Tracker".
    """
    kind = Kind(late.kind)
    amount = compensation_for(kind, day=late.day, on=local(late.began_at).date())
    if amount == ZERO or late.account_id is None:
        return
    subject = (late.subject_kind, late.subject_id, late.kind, late.cycle, late.day)
    reference = "promise:" + ":".join(map(str, subject))
    if compensate(late.account_id, amount, cause=cause_of(kind), reference=reference):
        events.publish(CompensationCredited(late.account_id, *subject, amount))
