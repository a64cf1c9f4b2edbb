"""What time does to a promise: a table for the order of its steps."""

from datetime import timedelta

import pytest

from portal.promises.obligation import End
from portal.promises.policy import Kind
from portal.promises.steps import BREACH, HALF, MOST, Course, late_day
from tests.promises.factories import at

START, DUE = at("2026-11-20 10:00"), at("2026-11-20 20:00")
SECOND = timedelta(seconds=1)
LAST_OF_REPAIR = 129


def course(kind=Kind.FINAL, ended=None, end=None, due=DUE):
    return Course(kind, START, due, at(ended) if ended else None, end)


def walked(of, now):
    """Return all steps that are told up to `now` by somebody who has slept until then."""
    told, steps = 0, []
    while (step := of.upcoming(told, now)) and of.at(step) < now:
        told = of.newest(step, now)
        steps.append(told)
    return steps


@pytest.mark.parametrize(
    ("step", "moment"),
    [
        (HALF, "2026-11-20 15:00"),
        (MOST, "2026-11-20 18:00"),
        (BREACH, "2026-11-20 20:00"),
        (101, "2026-11-21 20:00"),
        (103, "2026-11-23 20:00"),
    ],
)
def test_each_step_has_its_time(step, moment):
    assert course().at(step) == at(moment)


@pytest.mark.parametrize(
    ("now", "steps"),
    [
        ("2026-11-20 15:00", []),
        ("2026-11-20 15:01", [HALF]),
        ("2026-11-20 18:01", [MOST]),  # the first warning was overtaken
        ("2026-11-20 20:00", [MOST]),  # due now is still in time
        ("2026-11-20 20:01", [BREACH]),
        ("2026-11-21 20:01", [BREACH, 101]),
        ("2026-11-30 00:00", [BREACH, 101]),
    ],
)
def test_who_slept_tells_only_what_is_due_once_and_in_order(now, steps):
    assert walked(course(), at(now)) == steps


def test_a_late_repair_has_a_step_for_each_of_thirty_days():
    repair = course(Kind.REPAIR)

    steps = walked(repair, at("2027-03-01 00:00"))

    assert steps == list(range(BREACH, LAST_OF_REPAIR + 1))
    assert late_day(steps[-1]) == 30


@pytest.mark.parametrize(
    ("ended", "end", "steps"),
    [
        ("2026-11-20 19:59", End.FULFILLED, []),
        ("2026-11-20 20:00", End.FULFILLED, []),
        ("2026-11-20 20:01", End.FULFILLED, [BREACH]),
        ("2026-11-20 20:01", End.RELEASED, [BREACH]),
        ("2026-11-20 12:00", End.REPLACED, []),
        ("2026-11-23 19:00", End.FULFILLED, [BREACH, 101, 102]),
        ("2026-11-20 12:00", End.BROKEN, [BREACH]),  # given up before it was due
    ],
)
def test_what_ended_late_is_still_told_and_what_was_kept_is_not(ended, end, steps):
    of = course(Kind.REPAIR, ended, end)

    assert walked(of, at("2027-01-01 00:00")) == steps


@pytest.mark.parametrize(
    ("told", "due", "now", "step"),
    [
        # Moved to a later day: what lies ahead again is told again, what has passed is not.
        (MOST, "2026-11-22 20:00", "2026-11-20 18:30", HALF),
        (HALF, "2026-11-20 21:00", "2026-11-20 15:40", MOST),
        (MOST, "2026-11-20 20:30", "2026-11-20 18:30", BREACH),
        # Moved to an earlier time: nothing is told twice.
        (HALF, "2026-11-20 19:00", "2026-11-20 16:00", MOST),
        (MOST, "2026-11-20 19:00", "2026-11-20 18:30", BREACH),
        (0, "2026-11-20 19:00", "2026-11-20 18:30", HALF),
    ],
)
def test_a_moved_promise_tells_nothing_twice(told, due, now, step):
    assert course(due=at(due)).upcoming(told, at(now)) == step


def test_a_pause_of_a_minute_repeats_no_warning():
    paused = course(due=DUE + timedelta(days=15))
    now = at("2026-11-20 18:00") + SECOND
    assert paused.upcoming(MOST, now) == HALF

    resumed = course(due=DUE + timedelta(minutes=1))

    assert resumed.upcoming(MOST, now + timedelta(minutes=1)) == BREACH


def test_a_visit_waits_for_what_the_technician_writes():
    assert course(Kind.VISIT).upcoming(0, at("2027-01-01 00:00")) is None
    assert walked(course(Kind.VISIT, "2026-11-20 21:00", End.BROKEN), DUE + timedelta(9)) == [
        BREACH
    ]


@pytest.mark.parametrize(
    ("step", "moment", "fits"),
    [
        (HALF, "2026-11-20 15:00", True),
        (HALF, "2026-11-20 15:01", False),
        (None, None, False),
        (102, "2026-11-22 20:00", False),  # such a day counts for repairs only
    ],
)
def test_a_timer_that_is_not_as_it_has_to_be_is_seen(step, moment, fits):
    assert course().fits(step, at(moment) if moment else None, DUE) is fits


def test_what_is_over_needs_no_timer():
    assert course().fits(None, None, DUE + timedelta(days=3))
    assert course(Kind.VISIT).fits(None, None, DUE)
    assert course(ended="2026-11-20 19:00", end=End.FULFILLED).fits(None, None, DUE)
    assert not course(ended="2026-11-20 19:00", end=End.FULFILLED).fits(BREACH, DUE, DUE)
