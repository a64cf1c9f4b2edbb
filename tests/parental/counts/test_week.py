"""Counts of a week, by category and day."""

from datetime import date, timedelta

from portal.parental.counts.queries import DayCount
from portal.parental.counts.week import first_day, week_of_counts

TODAY = date(2026, 11, 22)
NAMES = {"outcomes": {"own_block": "List", "category": "Categories"}, "bits": {3: "Games"}}


def test_a_week_has_seven_days_and_rows_by_their_sum():
    yesterday = TODAY - timedelta(days=1)
    counts = [
        DayCount(TODAY, "category", 3, 4),
        DayCount(TODAY, "window", 3, 2),
        DayCount(yesterday, "own_block", None, 9),
        DayCount(yesterday, "category", 60, 1),
        DayCount(TODAY - timedelta(days=7), "own_block", None, 100),
    ]

    week = week_of_counts(counts, today=TODAY, **NAMES)

    assert (week.days[0], week.days[-1], len(week.days)) == (first_day(TODAY), TODAY, 7)
    assert week.rows == [
        ("List", [0, 0, 0, 0, 0, 9, 0]),
        ("Games", [0, 0, 0, 0, 0, 0, 6]),
        ("Categories", [0, 0, 0, 0, 0, 1, 0]),
    ]
    assert week.totals == [0, 0, 0, 0, 0, 10, 6]


def test_a_week_without_anything_has_no_rows():
    week = week_of_counts([], today=TODAY, **NAMES)

    assert (week.rows, week.totals) == ([], [0] * 7)
