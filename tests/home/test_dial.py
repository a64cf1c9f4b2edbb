"""What is left of a promise."""

from datetime import datetime, timedelta

import pytest

from portal.home.dial import dial


@pytest.mark.parametrize(
    ("left", "percent", "days", "hours", "is_late"),
    [
        (timedelta(hours=4, minutes=42), 10, 0, "4:42", False),
        (timedelta(hours=47, minutes=59), 100, 0, "47:59", False),
        (timedelta(days=2), 100, 2, "48:00", False),
        (timedelta(0), 0, 0, "0:00", False),
        (timedelta(minutes=-24), 0, 0, "0:24", True),
    ],
)
def test_a_dial_tells_what_is_left(
    noon: datetime, left: timedelta, percent: int, days: int, hours: str, is_late: bool
) -> None:
    shown = dial(started_at=noon + left - timedelta(hours=48), due_at=noon + left, now=noon)

    assert (shown.days, shown.hours, shown.is_late) == (days, hours, is_late)
    assert shown.percent == percent


def test_a_promise_of_no_length_has_an_empty_dial(noon: datetime) -> None:
    assert dial(started_at=noon, due_at=noon, now=noon).percent == 0
