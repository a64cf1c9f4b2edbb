from datetime import timedelta

import pytest

from portal.promises.fold import fold
from portal.promises.standing import Standing, standings
from tests.promises.factories import POLICIES, at, event, interim, registered

FAULT = [
    registered("2026-11-20 19:30", "fault"),
    event("answered", "2026-11-21 08:12"),
    interim("2026-11-21 18:40", "2026-11-22 19:30"),
]


def repair(now):
    return Standing(fold(FAULT, POLICIES)[1], at(now))


@pytest.mark.parametrize(
    ("now", "dial", "percent", "state", "late"),
    [
        ("2026-11-20 19:30", "48:00", 0, "", False),
        ("2026-11-22 14:48", "4:42", 90, "warn", False),
        ("2026-11-22 19:30", "0:00", 100, "warn", False),
        ("2026-11-22 19:31", "0:01", 100, "bad", True),
        ("2026-11-28 19:30", "6", 100, "bad", True),
    ],
)
def test_the_dial_of_a_promise(now, dial, percent, state, late):
    standing = repair(now)

    assert (standing.dial, standing.percent_passed) == (dial, percent)
    assert (standing.state, standing.is_late) == (state, late)


def test_a_broken_promise_knows_how_late_it_was():
    first = Standing(fold(FAULT, POLICIES)[0], at("2026-11-22 14:48"))

    assert first.late_by == timedelta(hours=8, minutes=12)
    assert not first.is_late


def test_what_runs_comes_first():
    found = standings(fold(FAULT, POLICIES), at("2026-11-22 14:48"))

    assert [(s.promise.rule.value, s.outcome.value) for s in found] == [
        ("repair", "running"),
        ("interim", "kept"),
        ("interim", "broken"),
    ]
