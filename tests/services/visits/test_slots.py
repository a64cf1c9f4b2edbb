from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.services.visits.slots import (
    change_until,
    days_ahead,
    is_changeable,
    is_offered,
    remind_at,
    slot_at,
    slots_of,
)

ALMATY = ZoneInfo("Asia/Almaty")
SUNDAY = date(2026, 11, 29)
TICK = timedelta(microseconds=1)


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY)


def written(day, zone=ALMATY):
    return [
        f"{slot.starts_at.astimezone(zone):%H:%M}-{slot.ends_at.astimezone(zone):%H:%M}"
        for slot in slots_of(day, zone)
    ]


@pytest.mark.parametrize("day", [SUNDAY + timedelta(days=each) for each in range(7)])
def test_each_day_of_the_week_has_six_slots_of_two_hours(day):
    assert written(day) == [
        *("09:00-11:00", "11:00-13:00", "13:00-15:00"),
        *("15:00-17:00", "17:00-19:00", "19:00-21:00"),
    ]
    assert all(slot.starts_at.tzinfo is UTC for slot in slots_of(day, ALMATY))


def test_a_slot_is_found_by_its_beginning_only():
    [first, *_] = slots_of(SUNDAY, ALMATY)

    assert slot_at(first.starts_at, ALMATY) == first
    assert slot_at(first.starts_at + timedelta(hours=1), ALMATY) is None
    assert slot_at(first.starts_at + timedelta(seconds=1), ALMATY) is None


@pytest.mark.parametrize(
    ("zone", "day", "hour_before", "hour_after"),
    [
        ("Asia/Almaty", date(2024, 3, 1), 3, 4),  # UTC+6 became UTC+5
        ("Asia/Qyzylorda", date(2018, 12, 21), 3, 4),  # UTC+6 became UTC+5
        ("Asia/Almaty", date(2004, 3, 28), 3, 2),  # the last summer time of Kazakhstan
    ],
)
def test_the_first_slot_begins_at_nine_by_the_clock_of_the_day(zone, day, hour_before, hour_after):
    there = ZoneInfo(zone)
    before = slots_of(day - timedelta(days=1), there)[0]
    after = slots_of(day, there)[0]

    assert (before.starts_at.hour, after.starts_at.hour) == (hour_before, hour_after)
    assert written(day, there)[0] == "09:00-11:00"


def test_the_limit_of_changes_is_13_by_the_clock_of_the_day_before():
    slot = slots_of(date(2024, 3, 1), ALMATY)[0]

    until = change_until(slot.starts_at, ALMATY)

    assert until == local("2024-02-29 13:00")
    assert slot.starts_at - until == timedelta(hours=21)  # 20, and the one that was given back


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        (local("2026-11-28 12:59:59"), True),
        (local("2026-11-28 13:00"), True),
        (local("2026-11-28 13:00") + TICK, False),
        (local("2026-11-29 08:00"), False),
    ],
)
@pytest.mark.parametrize("place", [0, 5])
def test_a_visit_is_changed_until_13_of_the_day_before_sharp(now, allowed, place):
    slot = slots_of(SUNDAY, ALMATY)[place]

    assert is_changeable(slot.starts_at, now, ALMATY) is allowed


def test_fourteen_days_can_be_chosen_and_two_of_them_are_sundays():
    days = days_ahead(SUNDAY)

    assert (days[0], days[-1], len(days)) == (date(2026, 11, 30), date(2026, 12, 13), 14)
    for ahead in range(7):
        assert sum(day.weekday() == 6 for day in days_ahead(SUNDAY + timedelta(days=ahead))) == 2


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        ("2026-11-14 23:59", False),
        ("2026-11-15 00:00", True),
        ("2026-11-28 13:00", True),
        ("2026-11-28 13:01", False),
        ("2026-11-30 10:00", False),
    ],
)
def test_a_slot_is_offered_14_days_ahead_until_its_day_is_closed(now, offered):
    assert is_offered(slots_of(SUNDAY, ALMATY)[2].starts_at, local(now), ALMATY) is offered


def test_one_is_reminded_in_the_evening_before():
    first, *_, last = slots_of(SUNDAY, ALMATY)

    assert remind_at(first.starts_at, ALMATY) == local("2026-11-28 18:00")
    assert remind_at(last.starts_at, ALMATY) == local("2026-11-28 18:00")
