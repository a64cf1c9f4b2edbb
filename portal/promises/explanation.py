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
    GRACE = "grace"
    OUTAGE = "outage"


@dataclass(frozen=True)
class Explanation:
    """All that a person needs to check a due time by hand.

    `intervals` is empty when the calendar never closed between start and end. `days_off` are the
    days on the way that the calendar takes out, `limit` the term that no move can pass, and
    `capped` those pauses that ended by themselves after the longest wait, `wait`. `is_of_talk`: a
    conversation did not settle it, so it is promised as what is written.
    """

    rule: Rule
    term: Term
    is_round_the_clock: bool
    days_off: tuple[date, ...]
    version: int
    since: date
    started_at: datetime
    due_at: datetime
    bound: Bound
    intervals: tuple[Interval, ...]
    pauses: tuple[Interval, ...]
    capped: frozenset[Interval]
    moves: tuple[Move, ...]
    limit: Term | None
    wait: Term | None
    is_of_talk: bool


def explain(promise: Obligation) -> Explanation:
    """Return why `promise` is due when it is."""
    policy, term = promise.policy, promise.term
    calendar, pauses = policy.calendars[term.calendar], tuple(promise.all_pauses)
    wait = policy.term(Rule.WAITING_LIMIT)
    days = (calendar.local_day(promise.started_at), calendar.local_day(promise.due_at))
    return Explanation(
        rule=promise.rule,
        term=term,
        is_round_the_clock=calendar.is_round_the_clock,
        days_off=tuple(calendar.days_off(*days)),
        version=policy.version,
        since=policy.since,
        started_at=promise.started_at,
        due_at=promise.due_at,
        bound=_bound(promise),
        intervals=_intervals(promise),
        pauses=pauses,
        capped=frozenset(p for p in pauses if wait and p[1] == policy.due_at(wait, p[0])),
        moves=tuple(promise.moves),
        limit=policy.term(Rule.FINAL_LIMIT) if promise.cap_at else None,
        wait=wait,
        is_of_talk=promise.is_of_talk,
    )


def _bound(promise: Obligation) -> Bound:
    if promise.outage_until and promise.due_at == promise.outage_until:
        return Bound.OUTAGE
    if promise.due_at < promise.limit_at:
        return Bound.PROMISED
    if promise.cap_at and promise.due_at == promise.cap_at:
        return Bound.LIMIT
    if promise.term.grace and promise.due_at == promise.started_at + promise.term.grace:
        return Bound.GRACE
    return Bound.RULE


def _intervals(promise: Obligation) -> tuple[Interval, ...]:
    calendar = promise.policy.calendars[promise.term.calendar]
    begin, end = promise.started_at, promise.due_at
    open_time = tuple(working_intervals(begin, end, calendar=calendar))
    if open_time == ((begin, end),):
        return ()
    return tuple(working_intervals(begin, end, calendar=calendar, pauses=promise.all_pauses))
