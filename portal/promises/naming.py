"""Which dates an interim answer may name. Pure."""

from datetime import datetime

from portal.promises.fold import Case
from portal.promises.policy import Kind


def longest_promise(case: Case, now: datetime) -> datetime | None:
    """Return the latest date that an interim answer may name now, or None if all is answered.

    It is the limit of the final answer (of the repair, when nothing else is promised). When that
    has passed the rule's whole length counts from now, so that the customer is told a date at all;
    and so it does when no final answer is promised yet.
    """
    for kind in (Kind.FINAL, Kind.REPAIR, Kind.CLAIM):
        for promise in case.running(kind):
            if now < promise.limit_at:
                return promise.limit_at
            return promise.policy.due_at(promise.term, now)
    if case.is_over or not case.policies:
        return None
    newest = case.policies[max(case.policies)]
    term = newest.written_answer(case.kind)
    return newest.due_at(term, now) if term else None


def told_date(case: Case, now: datetime) -> datetime | None:
    """Return the newest time of the final answer that the customer knows, or None without one."""
    return max((promise.told_at(now) for promise in case.closing()), default=None)
