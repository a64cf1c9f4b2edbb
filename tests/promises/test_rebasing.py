"""Another version for what runs: an event of its own, and what it never touches."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.promises.explanation import explain
from portal.promises.fold import fold
from portal.promises.policy import Policy
from tests.promises.factories import at, event, first_policy, interim, registered

FIRST = first_policy(1)
REGISTERED = registered("2026-11-20 10:00", "fault")


def second(**days):
    """The first policy with other lengths: working days by rule; None: the rule is gone."""
    terms = [replace(t, working_days=days.get(t.rule, t.working_days)) for t in FIRST.terms]
    gone = {rule for rule, length in days.items() if length is None}
    kept = tuple(t for t in terms if t.rule not in gone)
    return Policy(2, FIRST.since, kept, FIRST.calendars)


def rebased(moment, reason="longer roads"):
    return event("rebased", moment, policy=2, reason=reason)


def repair(*events, policy):
    [found] = [p for p in fold(events, {1: FIRST, 2: policy}) if p.kind == "repair"]
    return found


@pytest.mark.parametrize(
    ("days", "moment", "version", "due"),
    [
        (5, "2026-11-21 10:00", 2, "2026-11-25 10:00"),  # later, counted from its own start
        (1, "2026-11-20 12:00", 2, "2026-11-21 10:00"),  # earlier
        (2, "2026-11-21 10:00", 2, "2026-11-22 10:00"),  # as before, but by the new version
        (1, "2026-11-21 11:00", 1, "2026-11-22 10:00"),  # it would be late at once
        (5, "2026-11-22 10:01", 1, "2026-11-22 10:00"),  # it is late already
        (None, "2026-11-21 10:00", 1, "2026-11-22 10:00"),  # the rule is gone, the promise is not
    ],
)
def test_what_runs_counts_by_the_new_version(days, moment, version, due):
    promise = repair(REGISTERED, rebased(moment), policy=second(repair=days))

    assert (promise.policy.version, promise.due_at) == (version, at(due))
    assert promise.started_at == at("2026-11-20 10:00")


def test_a_later_time_is_a_move_with_its_reason():
    promise = repair(REGISTERED, rebased("2026-11-21 10:00"), policy=second(repair=5))

    why = explain(promise)

    assert [(m.before, m.after, m.reason) for m in why.moves] == [
        (at("2026-11-22 10:00"), at("2026-11-25 10:00"), "longer roads")
    ]
    assert (why.version, why.term.working_days) == (2, 5)


def test_what_has_ended_never_changes():
    ended = event("final_sent", "2026-11-20 12:00")
    policy = second(repair=5, interim=3)

    before = fold([REGISTERED, ended], {1: FIRST, 2: policy})
    after = fold([REGISTERED, ended, rebased("2026-11-20 13:00")], {1: FIRST, 2: policy})

    assert before == after


def test_a_date_that_was_named_stays_if_it_is_earlier():
    named = interim("2026-11-20 11:00", "2026-11-21 18:00")

    promise = repair(REGISTERED, named, rebased("2026-11-20 12:00"), policy=second(repair=5))

    assert promise.due_at == at("2026-11-21 18:00")
    assert promise.limit_at == at("2026-11-25 10:00")


def test_the_cap_of_a_final_answer_is_that_of_its_version():
    events = [
        registered("2026-11-01 10:00"),
        event("investigation_opened", "2026-11-01 11:00"),
        event("extended", "2026-11-02 10:00", reason="laboratory"),
        rebased("2026-11-03 10:00"),
    ]

    promise = fold(events, {1: FIRST, 2: second(final_limit=20)})[-1]

    assert promise.due_at == promise.cap_at == at("2026-11-01 10:00") + timedelta(days=20)


def test_what_is_promised_later_follows_the_version_in_force_then():
    events = [
        REGISTERED,
        rebased("2026-11-20 12:00"),
        event("final_sent", "2026-11-20 13:00"),
        event("reopened", "2026-11-22 09:00", policy=2),
    ]

    found = [p for p in fold(events, {1: FIRST, 2: second(repair=5)}) if p.kind == "repair"]

    assert [(p.policy.version, p.cycle) for p in found] == [(2, 1), (2, 2)]
