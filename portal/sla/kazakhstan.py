"""Kazakhstan's official years: the days off that the law and the government set.

Seeded from the package `holidays` and corrected by hand; a test compares the two and names each
correction. A new year, or a day that the government moves, is a new row here and a new VERSION.
"""

from collections.abc import Mapping
from datetime import date

VERSION = 1

DAYS_OFF: Mapping[int, tuple[str, ...]] = {
    2026: (
        "01-01", "01-02",  # New Year
        "01-07",  # Orthodox Christmas
        "03-08", "03-09",  # Women's Day, moved from Sunday
        "03-21", "03-22", "03-23", "03-24", "03-25",  # Nauryz, moved from the week-end
        "05-01",  # Unity Day
        "05-07",  # Defender's Day
        "05-09", "05-11",  # Victory Day, moved from Saturday
        "05-27",  # Kurban Ait
        "07-06",  # Capital Day
        "08-30", "08-31",  # Constitution Day, moved from Sunday
        "10-25", "10-26",  # Republic Day, moved from Sunday
        "12-16",  # Independence Day
    ),
    2027: (
        "01-01", "01-02", "01-04",  # New Year, moved from Saturday
        "01-07",  # Orthodox Christmas
        "03-08",  # Women's Day
        "03-15",  # Constitution Day
        "03-21", "03-22", "03-23", "03-24",  # Nauryz, moved from Sunday
        "05-01", "05-03",  # Unity Day, moved from Saturday
        "05-07",  # Defender's Day
        "05-09", "05-10",  # Victory Day, moved from Sunday
        "05-16",  # Kurban Ait
        "07-06",  # Capital Day
        "10-25",  # Republic Day
        "12-16",  # Independence Day
    ),
}  # fmt: skip


def days_off(*years: int) -> list[date]:
    """Return the official days off of some years, in order. Raises KeyError for a year not set."""
    return [date.fromisoformat(f"{year}-{day}") for year in years for day in DAYS_OFF[year]]
