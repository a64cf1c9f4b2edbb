"""Counts of a week, as the privacy page draws them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

DAYS = 7


class Counted(Protocol):
    """How often something closed in a day: by `outcome`, and the category's `bit` if by one."""

    @property
    def day_on(self) -> date: ...
    @property
    def outcome(self) -> str: ...
    @property
    def bit(self) -> int | None: ...
    @property
    def times(self) -> int: ...


@dataclass(frozen=True)
class Week:
    """`days`, oldest first; `totals` of each; `rows`: what closed, its figure of each day.

    Rows are ordered by their sum, the largest first.
    """

    days: Sequence[date]
    totals: Sequence[int]
    rows: Sequence[tuple[str, Sequence[int]]]


def first_day(today: date) -> date:
    """Return the first day of the week that ends with `today`."""
    return today - timedelta(days=DAYS - 1)


def week_of_counts(
    counts: Iterable[Counted], *, today: date, outcomes: Mapping[str, str], bits: Mapping[int, str]
) -> Week:
    """Return the week that ends with `today`. `outcomes` and `bits` give the name of each row.

    A category that has gone from the registry is counted by its outcome.
    """
    days = [first_day(today) + timedelta(days=number) for number in range(DAYS)]
    figures: dict[str, list[int]] = {}
    for each in counts:
        if each.day_on not in days:
            continue
        name = bits.get(each.bit, "") if each.bit is not None else ""
        row = figures.setdefault(name or outcomes.get(each.outcome, each.outcome), [0] * DAYS)
        row[days.index(each.day_on)] += each.times
    rows = sorted(figures.items(), key=lambda row: (-sum(row[1]), row[0]))
    totals = [sum(row[day] for _name, row in rows) for day in range(DAYS)]
    return Week(days, totals, rows)
