"""Reads of what was closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal.core.db import session
from portal.parental.counts.models import NO_BIT, parental_blocked_name, parental_count
from portal.parental.models import Profile

MOST_NAMES = 200


@dataclass(frozen=True)
class DayCount:
    """How many questions of a day were closed: by `outcome`, by the category's `bit` if by one."""

    day_on: date
    outcome: str
    bit: int | None
    times: int


@dataclass(frozen=True)
class BlockedName:
    """A name that was closed on a day, how often, and when for the last time."""

    day_on: date
    name: str
    outcome: str
    bit: int | None
    times: int
    last_at: datetime


def counts_of(profile: Profile, *, since: date) -> Sequence[DayCount]:
    """Return what was closed from the day `since` on, the newest day first, the most first."""
    table = parental_count.c
    query = (
        select(table.day_on, table.outcome, table.bit, table.times)
        .where(table.policy_id == profile.policy_id, table.account_id == profile.account_id)
        .where(table.day_on >= since)
        .order_by(table.day_on.desc(), table.times.desc(), table.outcome, table.bit)
    )
    return [
        DayCount(day_on, outcome, _bit(bit), times)
        for day_on, outcome, bit, times in session.execute(query)
    ]


def blocked_names_of(profile: Profile) -> Sequence[BlockedName]:
    """Return the names that were closed lately, the newest first, at most MOST_NAMES."""
    table = parental_blocked_name.c
    query = (
        select(table.day_on, table.name, table.outcome, table.bit, table.times, table.last_at)
        .where(table.policy_id == profile.policy_id, table.account_id == profile.account_id)
        .order_by(table.last_at.desc(), table.name)
        .limit(MOST_NAMES)
    )
    return [
        BlockedName(day_on, name, outcome, _bit(bit), times, last_at)
        for day_on, name, outcome, bit, times, last_at in session.execute(query)
    ]


def _bit(stored: int) -> int | None:
    return None if stored == NO_BIT else stored
