"""What a person reads of the promises that follow from events."""

from portal.promises.fold import fold
from tests.promises.factories import POLICIES, at

LATER = at("2027-12-31 00:00")


def told(events, now=LATER, policies=POLICIES):
    """Return what a person reads: rule, cycle, due time in Almaty, outcome."""
    return [
        (p.rule.value, p.cycle, f"{p.due_at.astimezone(now.tzinfo):%m-%d %H:%M}", p.outcome(now))
        for p in fold(events, policies)
    ]


def final_of(events):
    return [p for p in fold(events, POLICIES) if p.kind == "final"][-1]
