"""A visit is promised within its slot: when that is kept, and when it is broken."""

import pytest

from portal.promises.explanation import explain
from portal.promises.fold import fold
from portal.promises.policy import Rule, Term
from tests.promises.factories import at, event, first_policy

FIRST = first_policy()
VISITS = Term.read({"rule": "visit", "calendar": "always", "minutes": 120})
POLICIES = {1: type(FIRST)(1, FIRST.since, (*FIRST.terms, VISITS), FIRST.calendars)}
MORNING, EVENING = "2026-11-29 09:00", "2026-11-29 19:00"
BOOKED = event("visit_booked", "2026-11-22 17:00", starts_at=at(MORNING).isoformat())
MOVED = event("visit_moved", "2026-11-23 12:00", starts_at=at(EVENING).isoformat())


def outcomes(*events, now="2026-12-31 00:00"):
    return [p.outcome(at(now)).value for p in fold(events, POLICIES)]


def test_a_visit_is_due_at_the_end_of_its_slot():
    [promise] = fold([BOOKED], POLICIES)

    assert (promise.kind, promise.cycle) == ("visit", 1)
    assert (promise.started_at, promise.due_at) == (at(MORNING), at("2026-11-29 11:00"))
    assert explain(promise).intervals == ()


@pytest.mark.parametrize(
    ("arrived", "outcome"),
    [
        ("2026-11-29 08:50", "kept"),
        ("2026-11-29 11:00", "kept"),
        ("2026-11-29 11:01", "broken"),
    ],
)
def test_whoever_comes_by_the_end_of_the_slot_keeps_the_promise(arrived, outcome):
    assert outcomes(BOOKED, event("arrived", arrived)) == [outcome]


def test_a_moved_visit_is_promised_anew():
    assert outcomes(BOOKED, MOVED, event("arrived", "2026-11-29 20:00")) == ["replaced", "kept"]


def test_a_cancelled_visit_breaks_nothing():
    assert outcomes(BOOKED, event("visit_cancelled", "2026-11-28 13:00")) == ["released"]


@pytest.mark.parametrize("missed", ["2026-11-29 08:00", "2026-11-29 13:00"])
def test_a_missed_visit_is_broken_also_when_it_is_said_before(missed):
    assert outcomes(BOOKED, event("visit_missed", missed), now=missed) == ["broken"]


def test_a_result_that_comes_after_the_miss_mends_nothing():
    missed = event("visit_missed", "2026-11-29 13:00")

    assert outcomes(BOOKED, missed, event("arrived", "2026-11-29 10:00")) == ["broken"]


def test_nobody_need_notice_that_a_visit_was_missed():
    assert outcomes(BOOKED, now="2026-11-29 11:00") == ["running"]
    assert outcomes(BOOKED, now="2026-11-29 11:01") == ["broken"]


def test_the_first_version_of_the_policy_promised_no_visits():
    assert fold([BOOKED], {1: FIRST}) == []
    assert FIRST.term(Rule.VISIT) is None
