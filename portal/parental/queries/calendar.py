"""Reads of the operator's calendar."""

from portal.parental.verdict import FreeDays
from portal.promises import queries as promises


def free_days() -> FreeDays:
    """Return the days on which the week of free days counts, as the nodes read them too."""
    return FreeDays.of(promises.free_days())
