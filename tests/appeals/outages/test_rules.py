"""Rules of one outage, and of the promise of a fault that belongs to it."""

from datetime import timedelta

import pytest

from portal.appeals.outages.models import Outage
from portal.appeals.outages.places import Area, read_areas, unknown_districts
from portal.core.errors import RuleError
from portal.promises.explanation import Bound, explain
from portal.promises.fold import Event, Happening, fold
from portal.promises.obligation import Outcome
from portal.promises.policy import Kind
from tests.promises.factories import POLICIES, at

HOUR = timedelta(hours=1)


def outage(noon, **more) -> Outage:
    values = {"started_at": noon - HOUR, "promised_at": noon + 3 * HOUR, "moved": 0}
    return Outage(**values | more)


def test_a_later_time_is_counted_and_an_earlier_one_is_not(noon):
    it = outage(noon)

    it.move(noon + 5 * HOUR, now=noon)
    it.move(noon + 2 * HOUR, now=noon)
    it.move(noon + 4 * HOUR, now=noon)

    assert (it.moved, it.promised_at) == (2, noon + 4 * HOUR)


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (timedelta(hours=3), "promised already"),
        (timedelta(), "has passed"),
        (timedelta(hours=-2), "has passed"),
        (timedelta(days=31), "30 days at most"),
    ],
)
def test_a_time_that_cannot_be_promised_changes_nothing(noon, until, words):
    it = outage(noon)

    with pytest.raises(RuleError, match=words):
        it.move(noon + until, now=noon)

    assert (it.moved, it.promised_at) == (0, noon + 3 * HOUR)


@pytest.mark.parametrize(
    ("more", "at_", "words"),
    [
        ({}, timedelta(hours=-2), "began later"),
        ({}, timedelta(minutes=1), "still to come"),
        ({"started_at": "ahead"}, timedelta(), "have not begun"),
        ({"ended_at": "past", "end": "restored"}, timedelta(), "over already"),
    ],
)
def test_what_cannot_be_restored(noon, more, at_, words):
    times = {"ahead": noon + HOUR, "past": noon - HOUR}
    it = outage(noon, **{name: times.get(value, value) for name, value in more.items()})

    with pytest.raises(RuleError, match=words):
        it.restore(noon + at_, now=noon)


def test_planned_works_are_called_off_only_before_they_begin(noon):
    ahead, running = outage(noon, started_at=noon + HOUR), outage(noon)

    ahead.call_off(now=noon)
    with pytest.raises(RuleError, match="has begun"):
        running.call_off(now=noon)

    assert ahead.is_over
    assert not running.is_over


def test_areas_are_cities_or_districts_of_one():
    assert read_areas(["almaty", "talgar"], "") == [Area("almaty"), Area("talgar")]
    assert read_areas(["almaty"], " a, b ,,a") == [Area("almaty", "a"), Area("almaty", "b")]
    for cities, districts in (([], ""), (["almaty", "talgar"], "a"), (["almaty"], "x" * 81)):
        with pytest.raises(RuleError):
            read_areas(cities, districts)


def test_districts_without_an_address_are_named():
    wanted = [Area("almaty"), Area("almaty", "a"), Area("almaty", "b")]

    assert unknown_districts(wanted, [Area("almaty", "a")]) == ["b"]


START = at("2026-10-01 10:00")


def history(*steps):
    """Return the repair of a fault after (hours later, happening, hours of the promise) each."""
    events = [Event(Happening.REGISTERED, START, 1, {"kind": "fault", "channel": "form"})]
    for after, happening, until in steps:
        data = {"reason": "so", "of_outage": True}
        if until is not None:
            data["promised_at"] = (START + until * HOUR).isoformat()
        events.append(Event(happening, START + after * HOUR, 1, data))
    return next(p for p in fold(events, POLICIES) if p.kind is Kind.REPAIR)


@pytest.mark.parametrize("until", [8, 200])
def test_a_fault_that_is_born_in_an_outage_is_promised_its_time(until):
    repair = history((0, Happening.OUTAGE_JOINED, until))

    assert repair.due_at == START + until * HOUR
    assert repair.moves == []
    assert explain(repair).bound is Bound.OUTAGE


def test_one_that_joins_later_is_moved_and_told_why():
    repair = history((2, Happening.OUTAGE_JOINED, 200))

    (move,) = repair.moves
    assert (move.after, move.is_later, move.reason) == (START + 200 * HOUR, True, "so")


def test_word_of_another_time_moves_it_and_the_end_keeps_it():
    repair = history(
        (0, Happening.OUTAGE_JOINED, 8),
        (7, Happening.INTERIM_SENT, 12),
        (11, Happening.REPAIRED, None),
    )

    assert repair.due_at == START + 12 * HOUR
    assert [move.is_later for move in repair.moves] == [True]
    assert repair.outcome(START + 99 * HOUR) is Outcome.KEPT


def test_word_that_comes_after_the_promised_time_mends_nothing():
    repair = history(
        (0, Happening.OUTAGE_JOINED, 8),
        (9, Happening.INTERIM_SENT, 12),
        (11, Happening.REPAIRED, None),
    )

    assert repair.due_at == START + 8 * HOUR
    assert repair.outcome(START + 99 * HOUR) is Outcome.BROKEN
