"""What is closed at a moment, and until when: told as the resolvers' matcher decides."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.parental.asking.rules_now import hours_of, rules_now
from portal.parental.policy import Policy, Window, encode, wire_name
from portal.parental.settings import WHOLE_WEEK, ProfileSettings, TimeWindow, week_of
from portal.parental.verdict import FreeDays, verdict

ALMATY = ZoneInfo("Asia/Almaty")
NIGHT = {day: [*range(14), *range(43, 48)] for day in range(7)}
BEDTIME = TimeWindow(internet_off=True, school_days=week_of(NIGHT), free_days=week_of({0: [4]}))
LESSONS = TimeWindow(
    name="Lessons", closes=frozenset({"games"}), school_days=week_of({1: range(16, 28)})
)
HOLIDAY = date(2026, 11, 24)  # a Tuesday
FREE = FreeDays.of({HOLIDAY})
NONE = FreeDays()


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=ALMATY)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        (at(22, 21, 29), None),
        (at(22, 21, 30), at(23, 7)),
        (at(23, 6, 59), at(23, 7)),
        (at(23, 7), None),
    ],
)
def test_bedtime_is_told_with_its_end(moment, until):
    found = rules_now(ProfileSettings(windows=(BEDTIME,)), at=moment, free_days=NONE)

    assert (found.night.until if found.night else None) == until


def test_a_window_is_on_in_its_hours_and_not_on_a_free_day():
    settings = ProfileSettings(windows=(LESSONS,))

    on = rules_now(settings, at=at(24, 9), free_days=NONE)
    free = rules_now(settings, at=at(24, 9), free_days=FREE)

    assert [(each.window.name, each.until) for each in on.windows] == [("Lessons", at(24, 14))]
    assert [str(each) for each in on.today[0].hours] == ["08:00–14:00"]
    assert (free.windows, free.today) == ([], [])


def test_an_extra_hour_suspends_times_and_a_past_one_does_not():
    settings = ProfileSettings(closed=frozenset({"adult"}), windows=(BEDTIME, LESSONS))
    moment = at(23, 22)

    more = rules_now(settings, at=moment, bonus_until=moment + timedelta(hours=1), free_days=NONE)
    over = rules_now(settings, at=moment, bonus_until=moment, free_days=NONE)

    assert (more.night, more.windows, more.closed) == (None, [], frozenset({"adult"}))
    assert more.bonus_until == at(23, 23)
    assert over.night is not None
    assert over.bonus_until is None


def test_a_bedtime_that_never_ends_has_no_end():
    always = TimeWindow(internet_off=True, school_days=WHOLE_WEEK, free_days=WHOLE_WEEK)
    found = rules_now(ProfileSettings(windows=(always, BEDTIME)), at=at(22, 23), free_days=NONE)

    assert found.night is not None
    assert found.night.until is None


def test_hours_of_a_day_are_joined():
    assert [str(each) for each in hours_of(BEDTIME, date(2026, 11, 23), NONE)] == [
        "00:00–07:00",
        "21:30–24:00",
    ]


def test_the_page_and_the_matcher_tell_the_same():
    week = (BEDTIME.school_days, BEDTIME.free_days)
    policy = encode(
        Policy(windows=(Window(internet_off=True, school_days=week[0], free_days=week[1]),))
    )
    for step in range(14 * 48):
        moment = at(16, 0) + step * timedelta(minutes=30) + timedelta(minutes=7)
        night = rules_now(ProfileSettings(windows=(BEDTIME,)), at=moment, free_days=FREE).night
        said = verdict(policy, wire_name("example.kz"), at=int(moment.timestamp()), free_days=FREE)

        assert said.is_closed == (night is not None), moment
        assert night is None or datetime.fromtimestamp(said.until, UTC) == night.until
