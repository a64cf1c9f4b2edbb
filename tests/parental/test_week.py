"""Times of the week: intervals, their words, and the bedtime that comes next."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.text import reading_as
from portal.parental.policy import Policy, Window, encode, wire_name
from portal.parental.settings import WHOLE_WEEK, TimeWindow, week_of
from portal.parental.verdict import FreeDays, Outcome, verdict
from portal.parental.week import (
    HOLIDAY,
    Painted,
    Run,
    Span,
    bedtime,
    day_spans,
    interval,
    picture,
    rows_of_days,
    runs,
    spans,
)
from portal.parental.words import days_in_words, in_words

SATURDAY = datetime(2026, 12, 12, tzinfo=UTC)
MOMENTS = st.integers(0, 8 * 86_400)
WEEKS = st.integers(0, WHOLE_WEEK)
SCHOOL_NIGHT = Painted(frozenset(interval([6, 0, 1, 2, 3], 43, 14) | interval([4, 5], 46, 18)))
FREE_DAY = FreeDays.of({date(2026, 12, 16)})  # A Wednesday.


@pytest.mark.parametrize(
    ("days", "begins", "ends", "cells"),
    [
        ([0], 16, 18, {(0, 16), (0, 17)}),
        ([0], 47, 1, {(0, 47), (1, 0)}),
        ([6], 47, 1, {(6, 47), (0, 0)}),
        ([HOLIDAY], 47, 1, {(HOLIDAY, 47), (HOLIDAY, 0)}),
        ([2], 0, 48, {(2, slot) for slot in range(48)}),
        ([], 0, 48, set()),
    ],
)
def test_an_interval_runs_over_midnight(days, begins, ends, cells):
    assert interval(days, begins, ends) == cells


def test_the_same_time_from_and_until_is_a_day_and_a_night():
    assert interval([0], 20, 20) == interval([0], 20, 48) | interval([1], 0, 20)


@given(WEEKS)
def test_runs_tell_the_whole_week(week):
    cells = set()
    for run in runs(week):
        cells |= {(run.day * 48 + run.begins + step) % 336 for step in range(run.length)}

    assert sum(1 << slot for slot in cells) == week
    assert sum(len(span.days) for span in spans(week)) == len(runs(week))


def test_a_week_without_an_end_is_one_run():
    assert runs(WHOLE_WEEK) == [Run(0, 0, 336)]
    assert runs(0) == []


def test_nights_of_the_same_time_stand_together():
    assert spans(SCHOOL_NIGHT.school_days) == [
        Span((0, 1, 2, 3, 6), 43, 62),
        Span((4, 5), 46, 66),
    ]


def test_a_holiday_follows_itself():
    column = sum(1 << slot for slot in (46, 47, 0, 1))

    assert day_spans(column) == [Span((HOLIDAY,), 46, 50)]


@pytest.mark.parametrize(
    ("days", "rows"),
    [
        ([0, 1, 2, 3, 4], [(0, 4)]),
        ([6, 0, 1], [(6, 1)]),
        ([5, 6], [(5, 6)]),
        ([0, 2, 4], [(0, 0), (2, 2), (4, 4)]),
        (range(7), [(0, 6)]),
    ],
)
def test_days_that_follow_each_other(days, rows):
    assert rows_of_days(list(days)) == rows


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Sun–Thu 21:30–07:00", "Fri, Sat 23:00–09:00", "not on public holidays"]),
        ("ru", ["вс–чт 21:30–07:00", "пт, сб 23:00–09:00", "кроме праздников"]),
        ("kk", ["жс–бс 21:30–07:00", "жм, сб 23:00–09:00", "мереке күндері қолданылмайды"]),
    ],
)
def test_a_night_is_told_in_the_readers_language(app, language, words):
    window = TimeWindow(internet_off=True, school_days=SCHOOL_NIGHT.school_days)

    with app.test_request_context(), reading_as(language):
        assert in_words(window) == words


@pytest.mark.parametrize(
    ("school", "free", "words"),
    [
        (WHOLE_WEEK, WHOLE_WEEK, ["always"]),
        (week_of({5: range(48), 6: range(48)}), 0, ["Sat 00:00 – Sun 24:00", None]),
        (week_of({5: range(48)}), 0, ["Sat all day", None]),
        (0, week_of(dict.fromkeys(range(7), range(48))), ["public holidays all day"]),
        (0, week_of({day: [46, 47, 0] for day in range(7)}), ["public holidays 23:00–00:30"]),
        (week_of({0: [16]}), week_of({0: [16]}), ["Mon 08:00–08:30"]),
    ],
)
def test_odd_times_have_words_too(app, school, free, words):
    window = TimeWindow(internet_off=True, school_days=school, free_days=free)

    with app.test_request_context(), reading_as("en"):
        assert in_words(window) == [each or "not on public holidays" for each in words]


def test_days_have_short_names(app):
    with app.test_request_context(), reading_as("en"):
        assert days_in_words(range(7)) == "every day"
        assert days_in_words([0, 1, 3, 4, 5]) == "Mon, Tue, Thu–Sat"


def test_what_is_painted_comes_back():
    window = TimeWindow(
        internet_off=True, school_days=SCHOOL_NIGHT.school_days, free_days=week_of({3: [1]})
    )

    assert Painted.of(window).school_days == window.school_days
    own = Painted(frozenset(interval([HOLIDAY], 40, 14)))
    again = TimeWindow(internet_off=True, free_days=own.free_days)
    assert Painted.of(again) == own


def test_a_picture_has_a_bar_for_each_run_of_a_day():
    lessons = TimeWindow(closes=frozenset({"games"}), school_days=week_of({0: range(16, 34)}))
    night = TimeWindow(internet_off=True, school_days=week_of({0: [0, 1, 47]}))

    monday, tuesday, *_others = picture([night, lessons])

    assert monday == [(33.33, 37.5, False), (0, 4.17, True), (97.92, 2.08, True)]
    assert tuesday == []


@given(WEEKS, WEEKS, MOMENTS)
def test_bedtime_agrees_with_the_matcher(school, free, moment):
    at = SATURDAY + timedelta(seconds=moment)
    window = TimeWindow(internet_off=True, school_days=school, free_days=free)

    found = bedtime([window], at=at, free_days=FREE_DAY)

    blob = encode(Policy(windows=(Window(0, False, True, school, free),)))
    said = verdict(blob, wire_name("a.kz"), at=int(at.timestamp()), free_days=FREE_DAY)
    assert found.is_on == (said.outcome is Outcome.BEDTIME)
    if found.is_on:
        until = datetime.fromtimestamp(said.until, UTC) if said.until else None
        assert found.turns_at == until


def test_without_a_bedtime_nothing_turns(noon):
    lessons = TimeWindow(closes=frozenset({"games"}), school_days=WHOLE_WEEK)

    assert bedtime([lessons], at=noon, free_days=FREE_DAY) == (
        bedtime([], at=noon, free_days=FREE_DAY)
    )
    assert not bedtime([], at=noon, free_days=FREE_DAY).is_on
