"""Dates that an interim answer names, and the latest that it may name."""

from dataclasses import replace

import pytest

from portal.promises.explanation import Bound, explain
from portal.promises.fold import fold, read
from portal.promises.naming import longest_promise, told_date
from tests.promises.factories import POLICIES, at, event, first_policy, interim, registered
from tests.promises.reading import final_of, told


def test_the_promised_date_is_due_if_earlier():
    events = [
        registered("2026-11-20 10:00"),
        event("investigation_opened", "2026-11-20 12:00"),
        interim("2026-11-20 13:00", "2026-11-25 18:00"),
    ]

    promise = fold(events, POLICIES)[-1]

    assert promise.due_at == at("2026-11-25 18:00")
    assert explain(promise).bound is Bound.PROMISED


def test_a_later_date_is_counted_as_moved():
    events = [
        registered("2026-11-20 10:00"),
        event("investigation_opened", "2026-11-20 12:00"),
        interim("2026-11-20 13:00", "2026-11-25 18:00"),
        interim("2026-11-25 10:00", "2026-11-27 18:00", reason="the part is on its way"),
    ]

    promise = fold(events, POLICIES)[-1]

    assert promise.due_at == at("2026-11-27 18:00")
    assert [(m.is_later, m.reason) for m in promise.moves] == [
        (False, ""),
        (True, "the part is on its way"),
    ]


def test_a_new_date_does_not_mend_a_broken_promise():
    events = [
        registered("2026-11-20 10:00"),
        interim("2026-11-21 12:00", "2026-11-21 18:00"),
        event("final_sent", "2026-11-21 13:00"),
    ]

    assert told(events)[1] == ("final_simple", 1, "11-21 10:00", "broken")


@pytest.mark.parametrize("channel", ["phone", "office"])
@pytest.mark.parametrize("kind", ["question", "complaint", "suggestion", "gratitude"])
def test_what_a_conversation_did_not_settle_is_promised_by_the_interim_answer(kind, channel):
    events = [
        registered("2026-11-20 10:00", kind, channel),
        interim("2026-11-20 10:30", "2026-11-21 09:00"),
    ]

    case = read(events, POLICIES)

    assert longest_promise(read(events[:1], POLICIES), at("2026-11-20 10:30")) == at(
        "2026-11-21 10:30"
    )
    assert told(events, now=at("2026-11-20 11:00"))[1:] == [
        ("interim", 1, "11-21 00:00", "kept"),
        ("final_simple", 1, "11-21 09:00", "running"),
    ]
    assert told(events)[-1][3] == "broken"
    assert explain(case.promises[-1]).is_of_talk


def test_a_policy_without_simple_answers_leaves_the_limit_of_all():
    old = first_policy()
    bare = replace(old, terms=tuple(t for t in old.terms if t.rule != "final_simple"))
    events = [registered("2026-11-01 10:00"), interim("2026-11-01 11:00", "2027-11-01 10:00")]

    final = fold(events, {1: bare})[-1]

    assert (final.rule, final.due_at) == ("final_simple", at("2026-12-01 11:00"))


def test_what_is_over_owes_no_answer():
    events = [
        registered("2026-11-20 10:00", "question", "phone"),
        event("withdrawn", "2026-11-20 10:10"),
        interim("2026-11-20 10:30", "2026-11-21 09:00"),
    ]

    assert [rule for rule, *_ in told(events)] == ["first_response", "interim"]
    assert longest_promise(read(events, POLICIES), at("2026-11-20 11:00")) is None


def test_an_extension_takes_the_place_of_the_date_that_was_named():
    events = [
        registered("2026-11-01 10:00", "complaint"),
        event("investigation_opened", "2026-11-01 11:00"),
        interim("2026-11-01 12:00", "2026-11-05 12:00"),
        event("extended", "2026-11-04 10:00", reason="the bank"),
    ]

    promise = final_of(events)

    assert promise.due_at == at("2026-12-01 10:00")
    assert [(m.before, m.after) for m in promise.moves[1:]] == [
        (at("2026-11-05 12:00"), at("2026-12-01 10:00"))
    ]
    again = final_of([*events, interim("2026-11-05 10:00", "2026-11-20 10:00")])
    assert again.due_at == at("2026-11-20 10:00")


def test_after_a_breach_each_time_is_measured_by_the_one_told_last():
    late = [
        registered("2026-11-20 10:00", "fault"),
        interim("2026-11-22 12:00", "2026-11-22 20:00", reason="a"),
    ]

    assert told_date(read(late[:1], POLICIES), at("2026-11-22 12:00")) == at("2026-11-22 10:00")
    assert told_date(read(late, POLICIES), at("2026-11-22 13:00")) == at("2026-11-22 20:00")

    late += [
        interim("2026-11-22 13:00", "2026-11-22 20:00"),  # the same time again moves nothing
        interim("2026-11-22 14:00", "2026-11-22 18:00"),
        interim("2026-11-22 15:00", "2026-11-22 19:00", reason="b"),
    ]
    repair = fold(late, POLICIES)[1]
    assert repair.due_at == at("2026-11-22 10:00")
    assert repair.times_moved == 2
    assert told_date(read(late, POLICIES), at("2026-11-22 16:00")) == at("2026-11-22 19:00")


@pytest.mark.parametrize(
    ("events", "now", "latest"),
    [
        ([registered("2026-11-20 10:00")], "2026-11-20 11:00", "2026-11-21 10:00"),
        ([registered("2026-11-20 10:00")], "2026-11-21 11:00", "2026-11-22 11:00"),
        ([registered("2026-11-20 10:00", "fault")], "2026-11-20 11:00", "2026-11-22 10:00"),
        (
            [
                registered("2026-11-20 10:00", "fault"),
                event("investigation_opened", "2026-11-20 10:30"),
            ],
            "2026-11-20 11:00",
            "2026-12-05 10:00",
        ),
    ],
)
def test_the_latest_date_an_interim_answer_may_name(events, now, latest):
    assert longest_promise(read(events, POLICIES), at(now)) == at(latest)
