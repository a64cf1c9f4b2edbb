"""Whether what is stored is what the events tell: 0 differences, or a line for each."""

from collections.abc import Iterable

from portal.promises.fold import Case, next_of
from portal.promises.models import Promise
from portal.promises.obligation import Obligation

Facts = tuple[object, ...]


def differences(case: Case, rows: Iterable[Promise]) -> list[str]:
    """Return in what the stored promises of a subject differ from its events, one line each."""
    upcoming = next_of(case)
    stored = {(row.kind, row.cycle): _facts(row) for row in rows}
    told = {(p.kind.value, p.cycle): _facts_of(p, is_next=p is upcoming) for p in case.promises}
    return [
        f"{kind} {cycle}: {_written(stored.get(key))} stored, {_written(told.get(key))} by events"
        for key in sorted(stored.keys() | told.keys())
        if stored.get(key) != told.get(key)
        for kind, cycle in [key]
    ]


def _facts(row: Promise) -> Facts:
    begins = (row.rule, row.policy_version, row.started_at, row.due_at)
    return (*begins, row.moved, row.ended_at, row.end, row.is_next)


def _facts_of(made: Obligation, *, is_next: bool) -> Facts:
    begins = (made.rule, made.policy.version, made.started_at, made.due_at)
    return (*begins, made.times_moved, made.ended_at, made.end, is_next)


def _written(facts: Facts | None) -> str:
    return "nothing" if facts is None else " ".join(str(fact) for fact in facts)
