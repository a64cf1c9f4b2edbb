from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.sla import Calendar, CalendarError, due_at, elapsed, working_intervals

ALMATY = ZoneInfo("Asia/Almaty")
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = [("09:00", "13:00"), ("14:00", "18:00")]
HOURS = Calendar(
    tz="Asia/Almaty",
    week={**dict.fromkeys(range(5), OFFICE), 5: [("00:00", "24:00")]},
    exceptions={
        date(2026, 8, 31): [],
        date(2026, 9, 5): [("09:00", "18:00")],
        date(2026, 12, 31): [("09:00", "13:00")],
    },
)
ALWAYS = Calendar(tz="Asia/Almaty", week={key: [("00:00", "24:00")] for key in range(7)})


def at(text, zone=ALMATY):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-23 09:00", 90, "2026-11-23 10:30"),
        ("2026-11-23 12:00", 90, "2026-11-23 14:30"),  # over lunch
        ("2026-11-23 12:00", 60, "2026-11-23 13:00"),  # on closing time: stays there
        ("2026-11-23 12:30", 60 * 4 + 30, "2026-11-23 18:00"),  # on the day's closing time
        ("2026-11-23 17:30", 60, "2026-11-24 09:30"),  # over night
        ("2026-11-23 18:00", 60, "2026-11-24 10:00"),  # from closing time
        ("2026-11-23 03:00", 60, "2026-11-23 10:00"),  # before opening
        ("2026-11-27 17:00", 120, "2026-11-28 01:00"),  # Saturday begins at midnight
        ("2026-11-28 23:00", 60, "2026-11-29 00:00"),  # 24:00
        ("2026-11-28 23:00", 61, "2026-11-30 09:01"),  # Sunday is closed
        ("2026-08-28 18:00", 60 * 25, "2026-09-01 10:00"),  # 31 August is a day off
        ("2026-09-05 08:00", 60 * 9, "2026-09-05 18:00"),  # a short Saturday
        ("2026-12-31 12:30", 60, "2027-01-01 09:30"),  # a short Thursday
        ("2026-11-23 09:00:07", 1, "2026-11-23 09:01:07"),  # seconds are kept
        ("2026-11-29 12:00", 0, "2026-11-29 12:00"),  # nothing to do is done at once
    ],
)
def test_working_time_passes_only_while_open(start, minutes, due):
    assert due_at(at(start), duration=timedelta(minutes=minutes), calendar=HOURS) == at(due)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-23 10:30", -90, "2026-11-23 09:00"),
        ("2026-11-23 14:30", -60, "2026-11-23 12:30"),
        ("2026-11-24 09:30", -60, "2026-11-23 17:30"),
        ("2026-11-30 09:00", -60, "2026-11-28 23:00"),
        ("2026-09-01 10:00", -60 * 25, "2026-08-29 00:00"),
    ],
)
def test_a_negative_duration_counts_backwards(start, minutes, due):
    assert due_at(at(start), duration=timedelta(minutes=minutes), calendar=HOURS) == at(due)
    assert elapsed(at(start), at(due), calendar=HOURS) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([], "2026-11-23 12:00"),
        ([("2026-11-23 10:00", "2026-11-23 11:00")], "2026-11-23 13:00"),
        ([("2026-11-23 13:00", "2026-11-23 14:00")], "2026-11-23 12:00"),  # in the lunch hour
        ([("2026-11-23 08:00", "2026-11-23 10:00")], "2026-11-23 13:00"),  # starts in a pause
        ([("2026-11-23 10:00", "2026-11-24 10:00")], "2026-11-24 12:00"),  # over night
        ([("2026-11-27 10:00", "2026-11-30 10:00")], "2026-11-23 12:00"),  # later
        ([("2026-11-23 10:00", "2026-11-23 10:30")] * 2, "2026-11-23 12:30"),  # told twice
        (
            [
                ("2026-11-23 10:30", "2026-11-23 11:00"),
                ("2026-11-23 10:00", "2026-11-23 10:45"),
            ],
            "2026-11-23 13:00",
        ),
    ],
)
def test_pauses_stop_the_clock(pauses, due):
    spans = [(at(begin), at(end)) for begin, end in pauses]

    result = due_at(
        at("2026-11-23 09:00"), duration=timedelta(hours=3), calendar=HOURS, pauses=spans
    )

    assert result == at(due)


@pytest.mark.parametrize(
    ("start", "hours", "pause", "due"),
    [
        # over a moved holiday: Friday 16:00 to 17:00, then Tuesday from 10:00
        ("2026-08-28 16:00", 3, ("2026-08-28 17:00", "2026-09-01 10:00"), "2026-09-01 12:00"),
        # the start lies in a pause that goes over the night
        ("2026-11-23 17:30", 1, ("2026-11-23 16:00", "2026-11-24 09:30"), "2026-11-24 10:30"),
        # the night alone costs nothing, and closing time stays the due time
        ("2026-11-23 17:00", 1, ("2026-11-23 18:00", "2026-11-24 09:00"), "2026-11-23 18:00"),
        # due at the very moment in which a pause begins
        ("2026-11-23 09:00", 1, ("2026-11-23 10:00", "2026-11-23 12:00"), "2026-11-23 10:00"),
        # over the whole week-end: Saturday is open round the clock, and is not counted
        ("2026-11-27 17:00", 2, ("2026-11-27 17:30", "2026-11-30 09:00"), "2026-11-30 10:30"),
        # backwards over a pause and a night
        ("2026-11-24 10:00", -2, ("2026-11-23 17:00", "2026-11-24 09:30"), "2026-11-23 15:30"),
        # backwards from within a pause
        ("2026-11-24 10:00", -1, ("2026-11-24 09:30", "2026-11-24 11:00"), "2026-11-23 17:30"),
    ],
)
def test_a_pause_takes_working_time_only(start, hours, pause, due):
    span, amount = [(at(pause[0]), at(pause[1]))], timedelta(hours=hours)

    assert due_at(at(start), duration=amount, calendar=HOURS, pauses=span) == at(due)
    assert elapsed(at(start), at(due), calendar=HOURS, pauses=span) == amount


def test_a_pause_over_a_holiday_costs_only_working_time():
    pause = [(at("2026-08-28 17:00"), at("2026-09-01 10:00"))]  # Friday 1 h, Saturday 24 h, 1 h

    lost = elapsed(*pause[0], calendar=HOURS)

    assert lost == timedelta(hours=26)


def test_a_pause_that_ends_before_it_begins_is_refused():
    pause = [(at("2026-11-23 11:00"), at("2026-11-23 10:00"))]

    with pytest.raises(ValueError, match="pause"):
        due_at(at("2026-11-23 09:00"), duration=timedelta(1), calendar=HOURS, pauses=pause)


@pytest.mark.parametrize(
    ("start", "days", "end_of_day", "due"),
    [
        ("2026-11-23 10:15:30", 1, False, "2026-11-24 10:15:30"),
        ("2026-11-23 20:00", 2, False, "2026-11-25 20:00"),
        ("2026-11-27 10:00", 2, False, "2026-11-30 10:00"),  # Saturday works, Sunday does not
        ("2026-11-29 10:00", 1, False, "2026-11-30 10:00"),  # asked on a day off
        ("2026-08-29 10:00", 1, False, "2026-09-01 10:00"),  # over the moved day off
        ("2026-11-23 10:00", 7, False, "2026-12-01 10:00"),
        ("2026-11-23 10:00", 0, False, "2026-11-23 10:00"),
        ("2026-11-23 10:00", 0, True, "2026-11-24 00:00"),
        ("2026-11-23 23:55", 0, True, "2026-11-24 00:00"),  # five minutes are left
        ("2026-11-23 10:00", 2, True, "2026-11-26 00:00"),
        ("2026-11-30 10:00", -1, False, "2026-11-28 10:00"),
    ],
)
def test_working_days_keep_the_clock_time(start, days, end_of_day, due):
    result = due_at(at(start), working_days=days, calendar=HOURS, end_of_day=end_of_day)

    assert result == at(due)


@pytest.mark.parametrize(
    ("pause", "due"),
    [
        (("2026-11-23 11:00", "2026-11-23 12:00"), "2026-11-25 11:00"),
        (("2026-11-23 12:00", "2026-11-23 15:00"), "2026-11-25 12:00"),  # lunch costs nothing
        (("2026-11-23 18:00", "2026-11-24 09:00"), "2026-11-25 10:00"),  # nor the night
        (("2026-11-25 10:30", "2026-11-25 12:00"), "2026-11-25 10:00"),  # after the end
        (("2026-11-23 14:00", "2026-11-24 18:00"), "2026-11-26 15:00"),  # 12 working hours
    ],
)
def test_paused_working_time_is_added_after_the_working_days(pause, due):
    span = [(at(pause[0]), at(pause[1]))]

    result = due_at(at("2026-11-23 10:00"), working_days=2, calendar=HOURS, pauses=span)

    assert result == at(due)


SPRING = Calendar(tz="Europe/Berlin", week={key: [("00:00", "24:00")] for key in range(7)})
NIGHT = Calendar(tz="Europe/Berlin", week={key: [("01:30", "02:30")] for key in range(7)})


@pytest.mark.parametrize(
    ("calendar", "day", "hours"),
    [
        (SPRING, "2026-03-29", 23),
        (SPRING, "2026-10-25", 25),
        (NIGHT, "2026-03-29", 0.5),  # 02:30 does not come: closed at the jump
        (NIGHT, "2026-10-25", 1),  # 02:30 comes twice: closed at its first coming
    ],
)
def test_days_on_which_the_clocks_change(calendar, day, hours):
    start = at(f"{day} 00:00", BERLIN)
    end = calendar.instant(start.date(), 24 * 60)

    assert elapsed(start, end, calendar=calendar) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("calendar", "start", "minutes", "due"),
    [
        (SPRING, "2026-03-28 12:00", 24 * 60, "2026-03-29 13:00"),  # 24 hours, not a day
        (SPRING, "2026-10-24 12:00", 24 * 60, "2026-10-25 11:00"),
        (SPRING, "2026-03-29 13:00", -24 * 60, "2026-03-28 12:00"),
        (SPRING, "2026-10-25 11:00", -24 * 60, "2026-10-24 12:00"),
        (NIGHT, "2026-03-28 23:00", 45, "2026-03-30 01:45"),  # half an hour fell out
        (NIGHT, "2026-03-29 01:30", 30, "2026-03-29 03:00"),  # closing time, at the jump
        (NIGHT, "2026-10-25 01:30", 60, "2026-10-25 02:30"),
    ],
)
def test_working_time_is_real_time_when_the_clocks_change(calendar, start, minutes, due):
    found = due_at(at(start, BERLIN), duration=timedelta(minutes=minutes), calendar=calendar)

    assert found == at(due, BERLIN).astimezone(UTC)  # a time that comes twice equals only itself


def test_the_same_clock_time_holds_when_the_clocks_change():
    assert due_at(at("2026-03-28 12:00", BERLIN), working_days=1, calendar=SPRING) == at(
        "2026-03-29 12:00", BERLIN
    )
    assert due_at(at("2026-03-28 02:30", BERLIN), working_days=1, calendar=SPRING) == datetime(
        2026, 3, 29, 1, tzinfo=UTC
    )


def test_times_without_a_zone_are_refused():
    naive = datetime(2026, 11, 23)  # noqa: DTZ001 - it is what is refused

    with pytest.raises(ValueError, match="zone"):
        due_at(naive, duration=timedelta(1), calendar=ALWAYS)
    with pytest.raises(ValueError, match="zone"):
        elapsed(naive, at("2026-11-24 00:00"), calendar=ALWAYS)


@pytest.mark.parametrize(
    "amount",
    [
        {},
        {"duration": timedelta(1), "working_days": 1},
        {"duration": timedelta(1), "end_of_day": True},
    ],
)
def test_an_amount_is_stated_in_one_way(amount):
    with pytest.raises(TypeError):
        due_at(at("2026-11-23 09:00"), calendar=ALWAYS, **amount)


@pytest.mark.parametrize(
    "amount", [{"duration": timedelta(hours=10)}, {"working_days": 2}, {"working_days": -1}]
)
def test_time_that_the_calendar_does_not_have_is_refused(amount):
    once = Calendar(tz="Asia/Almaty", week={}, exceptions={date(2026, 11, 24): OFFICE})

    with pytest.raises(CalendarError, match="not that m"):
        due_at(at("2026-11-23 09:00"), calendar=once, **amount)


def test_round_the_clock_is_one_interval():
    start, end = at("2026-11-20 19:30"), at("2026-11-22 19:30")

    assert list(working_intervals(start, end, calendar=ALWAYS)) == [(start, end)]


def test_working_intervals_leave_nights_and_pauses_out():
    pause = [(at("2026-11-24 10:00"), at("2026-11-24 11:00"))]

    found = working_intervals(
        at("2026-11-23 17:00"), at("2026-11-24 12:00"), calendar=HOURS, pauses=pause
    )

    assert list(found) == [
        (at("2026-11-23 17:00"), at("2026-11-23 18:00")),
        (at("2026-11-24 09:00"), at("2026-11-24 10:00")),
        (at("2026-11-24 11:00"), at("2026-11-24 12:00")),
    ]
