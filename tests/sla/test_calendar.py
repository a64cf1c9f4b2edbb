from datetime import date

import pytest

from portal.sla import Calendar, CalendarError


@pytest.mark.parametrize(
    ("week", "exceptions"),
    [
        ({}, {}),
        ({0: [], 3: []}, {date(2026, 8, 31): []}),
    ],
)
def test_a_calendar_that_never_opens_is_refused(week, exceptions):
    with pytest.raises(CalendarError, match="never opens"):
        Calendar(tz="Asia/Almaty", week=week, exceptions=exceptions)


@pytest.mark.parametrize(
    "hours",
    [
        [("13:00", "09:00")],
        [("09:00", "09:00")],
        [("09:00", "14:00"), ("13:00", "18:00")],
        [("24:00", "24:00")],
        [("9:00", "18:00")],
        [("09:00", "24:01")],
        [("09:60", "18:00")],
        [("٠٩:00", "18:00")],
        [(9, 18)],
    ],
)
def test_hours_that_make_no_sense_are_refused(hours):
    with pytest.raises(CalendarError):
        Calendar(tz="Asia/Almaty", week={0: hours})


@pytest.mark.parametrize("zone", ["Asia/Atlantis", "", "../etc/passwd"])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(CalendarError, match="zone"):
        Calendar(tz=zone, week={0: [("09:00", "18:00")]})


def test_a_day_outside_the_week_is_refused():
    with pytest.raises(CalendarError, match="0 to 6"):
        Calendar(tz="Asia/Almaty", week={7: [("09:00", "18:00")]})


def test_hours_may_touch_and_come_in_any_order():
    calendar = Calendar(tz="Asia/Almaty", week={0: [("13:00", "18:00"), ("09:00", "13:00")]})

    assert [end.hour for _, end in calendar.intervals_of(date(2026, 11, 23))] == [8, 13]


def test_an_exception_replaces_the_weekday():
    calendar = Calendar(
        tz="Asia/Almaty",
        week={0: [("09:00", "18:00")]},
        exceptions={date(2026, 8, 31): [], date(2026, 9, 5): [("09:00", "18:00")]},
    )

    assert not calendar.is_working_day(date(2026, 8, 31))
    assert calendar.is_working_day(date(2026, 9, 5))
    assert calendar.is_working_day(date(2026, 9, 7))
