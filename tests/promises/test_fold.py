from datetime import timedelta

import pytest

from portal.promises.explanation import explain
from portal.promises.fold import fold
from tests.promises.factories import POLICIES, at, event, first_policy, interim, registered
from tests.promises.reading import told


@pytest.mark.parametrize(
    ("kind", "channel", "promised"),
    [
        (
            "question",
            "form",
            [("interim", "11-21 00:00", "running"), ("final_simple", "11-21 19:30", "running")],
        ),
        (
            "fault",
            "form",
            [("interim", "11-21 00:00", "running"), ("repair", "11-22 19:30", "running")],
        ),
        (
            "complaint",
            "facebook",
            [
                ("first_response", "11-20 19:40", "running"),
                ("interim", "11-21 00:00", "running"),
                ("final_simple", "11-21 19:30", "running"),
            ],
        ),
        (
            "question",
            "chat",
            [
                ("first_response", "11-20 19:35", "running"),
                ("interim", "11-21 00:00", "running"),
                ("final_simple", "11-21 19:30", "running"),
            ],
        ),
        (
            "question",
            "phone",
            [("first_response", "11-20 19:30", "kept"), ("interim", "11-21 00:00", "running")],
        ),
    ],
)
def test_registration_promises_by_channel_and_kind(kind, channel, promised):
    found = told([registered("2026-11-20 19:30", kind, channel)], now=at("2026-11-20 19:30"))

    assert [(rule, due, how) for rule, _cycle, due, how in found] == promised


def test_the_fault_of_the_mock():
    events = [
        registered("2026-11-20 19:30", "fault"),
        event("answered", "2026-11-21 08:12"),
        interim("2026-11-21 18:40", "2026-11-22 19:30"),
    ]

    assert told(events, now=at("2026-11-22 14:48")) == [
        ("interim", 1, "11-21 00:00", "broken"),
        ("repair", 1, "11-22 19:30", "running"),
        ("interim", 2, "11-22 00:00", "kept"),
    ]


def test_registered_at_2355_leaves_five_minutes():
    found = fold([registered("2026-11-20 23:55")], POLICIES)

    assert found[0].due_at == at("2026-11-21 00:00")


def test_a_minimum_grace_is_a_field_of_the_policy():
    policies = {1: first_policy(grace_minutes=30)}

    found = fold([registered("2026-11-20 23:55")], policies)

    assert found[0].due_at == at("2026-11-21 00:25")


def test_an_answer_without_a_date_keeps_no_interim_promise():
    events = [registered("2026-11-20 10:00"), event("answered", "2026-11-20 11:00")]

    assert told(events, now=at("2026-11-20 12:00"))[0][3] == "running"
    assert told(events)[0][3] == "broken"


@pytest.mark.parametrize(
    ("answered", "outcome"),
    [("2026-11-21 10:00", "kept"), ("2026-11-21 10:00:01", "broken")],
)
def test_a_breach_is_a_fact_of_time(answered, outcome):
    events = [registered("2026-11-20 10:00"), event("final_sent", answered)]

    assert told(events)[1] == ("final_simple", 1, "11-21 10:00", outcome)


def test_an_open_promise_is_broken_as_soon_as_time_has_passed():
    promise = fold([registered("2026-11-20 10:00")], POLICIES)[1]

    assert promise.outcome(at("2026-11-21 10:00")) == "running"
    assert promise.outcome(at("2026-11-21 10:00") + timedelta(seconds=1)) == "broken"


def test_a_final_answer_keeps_the_interim_promise_too():
    events = [registered("2026-11-20 10:00"), event("final_sent", "2026-11-20 11:00")]

    assert [how for *_, how in told(events)] == ["kept", "kept"]


def test_the_next_answer_counts_from_the_first_unanswered_message():
    events = [
        registered("2026-11-20 10:00"),
        event("customer_wrote", "2026-11-20 10:30"),  # the registration itself waits
        interim("2026-11-20 11:00", "2026-11-21 09:00"),
        event("customer_wrote", "2026-11-20 12:00"),
        event("customer_wrote", "2026-11-20 15:00"),  # does not move it
        event("answered", "2026-11-20 16:00"),
        event("customer_wrote", "2026-11-20 17:00"),
    ]

    found = [row for row in told(events, now=at("2026-11-20 18:00")) if row[0] == "next_response"]

    assert found == [
        ("next_response", 1, "11-21 12:00", "kept"),
        ("next_response", 2, "11-21 17:00", "running"),
    ]


def test_a_claim_has_ten_days_from_registration():
    events = [
        registered("2026-11-20 10:00", "complaint"),
        event("claim_recognised", "2026-11-20 12:00"),
        event("claim_recognised", "2026-11-20 13:00"),
    ]

    assert told(events, now=at("2026-11-20 14:00"))[2:] == [("claim", 1, "11-30 10:00", "running")]


def test_a_wrong_addressee_is_forwarded_in_three_working_days():
    events = [
        registered("2026-08-28 10:00"),
        event("addressee_wrong", "2026-08-28 12:00"),
        event("forwarded", "2026-09-03 10:00"),
    ]

    assert told(events)[-1] == ("forward", 1, "09-03 10:00", "kept")  # 31 August is off, too


def test_reopening_is_a_new_cycle():
    events = [
        registered("2026-11-20 10:00", "fault"),
        event("final_sent", "2026-11-20 12:00"),
        event("reopened", "2026-11-23 09:00"),
    ]

    assert told(events, now=at("2026-11-23 09:00"))[2:] == [
        ("next_response", 1, "11-24 09:00", "running"),
        ("interim", 2, "11-24 00:00", "running"),
        ("repair", 2, "11-25 09:00", "running"),
    ]


@pytest.mark.parametrize(
    ("channel", "due"),
    [("phone", "11-24 09:00"), ("office", "11-24 09:00"), ("chat", "11-23 09:05")],
)
def test_reopening_answers_nobody_by_itself(channel, due):
    """Whoever called is answered at once; who writes that it is still wrong waits for an answer."""
    events = [
        registered("2026-11-20 10:00", "complaint", channel),
        event("final_sent", "2026-11-20 10:03"),
        event("reopened", "2026-11-23 09:00"),
    ]

    found = told(events, now=at("2026-11-23 09:00"))

    assert [row for row in found if "response" in row[0]] == [
        ("first_response", 1, found[0][2], "kept"),
        ("next_response", 1, due, "running"),
    ]


@pytest.mark.parametrize("happening", ["withdrawn", "rejected"])
def test_what_ends_without_an_answer_releases_what_is_not_broken(happening):
    events = [registered("2026-11-20 10:00"), event(happening, "2026-11-21 09:00")]

    assert [how for *_, how in told(events)] == ["broken", "released"]


def test_a_rating_is_reviewed_in_two_working_days():
    events = [event("rated", "2026-11-20 19:30"), event("reviewed", "2026-11-24 19:30")]

    assert told(events) == [("rating_review", 1, "11-24 19:30", "kept")]


def test_a_promise_keeps_the_version_it_was_made_under():
    old, new = first_policy(1), first_policy(2, grace_minutes=600)
    events = [
        registered("2026-11-20 23:55"),
        event("final_sent", "2026-11-21 00:00"),
        event("reopened", "2026-11-22 23:55", policy=2),
    ]

    found = [p for p in fold(events, {1: old, 2: new}) if p.kind == "interim"]

    assert [p.due_at for p in found] == [at("2026-11-21 00:00"), at("2026-11-23 09:55")]


def test_the_explanation_names_working_intervals_and_pauses():
    office = fold([event("rated", "2026-11-20 17:00")], POLICIES)[0]

    why = explain(office)

    assert why.intervals[:2] == (
        (at("2026-11-20 17:00"), at("2026-11-20 18:00")),
        (at("2026-11-23 09:00"), at("2026-11-23 13:00")),
    )
    assert why.due_at == at("2026-11-24 17:00")
    assert explain(fold([registered("2026-11-20 10:00", "fault")], POLICIES)[1]).intervals == ()
