"""Why a promise is due when it is: the rule, the calendar, each working interval, each pause."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.promises.obligation import Move, Obligation
from portal.promises.policy import Rule, Term
from portal.sla import working_intervals
from portal.sla.calendar import Interval


class Bound(StrEnum):
    """What set the due time."""

    RULE = "rule"
    PROMISED = "promised"
    LIMIT = "limit"
    OUTAGE = "outage"


@dataclass(frozen=True)
class Explanation:
    """All that a person needs to check a due time by hand.

    `intervals` is empty when the calendar never closed between start and end.
    """

    rule: Rule
    term: Term
    version: int
    since: date
    started_at: datetime
    due_at: datetime
    bound: Bound
    intervals: tuple[Interval, ...]
    pauses: tuple[Interval, ...]
    moves: tuple[Move, ...]


def explain(promise: Obligation) -> Explanation:
    """Return why `promise` is due when it is."""
    return Explanation(
        rule=promise.rule,
        term=promise.term,
        version=promise.policy.version,
        since=promise.policy.since,
        started_at=promise.started_at,
        due_at=promise.due_at,
        bound=_bound(promise),
        intervals=_intervals(promise),
        pauses=tuple(promise.all_pauses),
        moves=tuple(promise.moves),
    )


def _bound(promise: Obligation) -> Bound:
    if promise.outage_until and promise.due_at == promise.outage_until:
        return Bound.OUTAGE
    if promise.due_at < promise.limit_at:
        return Bound.PROMISED
    if promise.cap_at and promise.due_at == promise.cap_at:
        return Bound.LIMIT
    return Bound.RULE


def _intervals(promise: Obligation) -> tuple[Interval, ...]:
    calendar = promise.policy.calendars[promise.term.calendar]
    begin, end = promise.started_at, promise.due_at
    open_time = tuple(working_intervals(begin, end, calendar=calendar))
    if open_time == ((begin, end),):
        return ()
    return tuple(working_intervals(begin, end, calendar=calendar, pauses=promise.all_pauses))
