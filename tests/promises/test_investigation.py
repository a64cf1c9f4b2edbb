"""How long a final answer may take once an investigation is opened."""

from portal.promises.explanation import Bound, explain
from portal.promises.fold import fold
from tests.promises.factories import POLICIES, at, event, interim, registered
from tests.promises.reading import final_of, told


def test_an_investigation_replaces_the_simple_promise():
    events = [
        registered("2026-11-20 10:00", "complaint"),
        event("investigation_opened", "2026-11-20 12:00", reason="cables"),
        event("investigation_opened", "2026-11-20 13:00", reason="again"),
    ]

    assert told(events, now=at("2026-11-20 14:00"))[1:] == [
        ("final_simple", 1, "11-21 10:00", "replaced"),
        ("final_investigation", 2, "12-05 10:00", "running"),
    ]


def test_a_promise_that_was_missed_is_broken_although_an_investigation_follows():
    events = [
        registered("2026-11-20 10:00"),
        event("investigation_opened", "2026-11-21 12:00", reason="cables"),
    ]

    assert told(events)[1][3] == "broken"


def test_a_question_to_the_customer_pauses_only_an_investigation():
    events = [
        registered("2026-11-20 10:00", "complaint"),
        event("asked", "2026-11-20 11:00"),
        event("investigation_opened", "2026-11-20 12:00"),
        event("asked", "2026-11-20 13:00"),
        event("customer_wrote", "2026-11-22 13:00"),
    ]

    simple, investigation = (p for p in fold(events, POLICIES) if p.kind == "final")

    assert simple.due_at == at("2026-11-21 10:00")
    assert investigation.due_at == at("2026-12-07 10:00")
    assert explain(investigation).pauses == ((at("2026-11-20 13:00"), at("2026-11-22 13:00")),)


def test_after_15_days_of_waiting_the_clock_runs_again():
    events = [
        registered("2026-11-01 10:00"),
        event("investigation_opened", "2026-11-01 11:00"),
        event("asked", "2026-11-02 10:00"),
    ]

    waiting = final_of(events)
    answered = final_of([*events, event("customer_wrote", "2026-11-25 10:00")])

    assert waiting.due_at == answered.due_at == at("2026-12-01 10:00")
    assert answered.pauses == [(at("2026-11-02 10:00"), at("2026-11-17 10:00"))]


def test_no_final_answer_is_due_later_than_30_days_after_registration():
    events = [
        registered("2026-11-01 10:00"),
        event("investigation_opened", "2026-11-01 11:00"),
        event("asked", "2026-11-02 10:00"),
        event("customer_wrote", "2026-11-16 10:00"),
        event("asked", "2026-11-17 10:00"),
        event("extended", "2026-11-18 10:00", reason="laboratory"),
        interim("2026-11-18 11:00", "2027-03-01 10:00"),
    ]

    promise = final_of(events)

    assert promise.due_at == at("2026-12-01 10:00")
    assert explain(promise).bound is Bound.LIMIT


def test_an_extension_runs_to_the_cap_once():
    events = [
        registered("2026-11-01 10:00"),
        event("investigation_opened", "2026-11-01 11:00"),
        event("extended", "2026-11-10 10:00", reason="laboratory"),
        event("extended", "2026-11-11 10:00", reason="again"),
    ]

    promise = final_of(events)

    assert promise.due_at == at("2026-12-01 10:00")
    assert [m.reason for m in promise.moves] == ["laboratory"]


def test_a_clock_that_goes_back_makes_no_pause():
    events = [
        registered("2026-11-20 10:00", "complaint"),
        event("investigation_opened", "2026-11-20 12:00"),
        event("asked", "2026-11-20 13:00"),
        event("customer_wrote", "2026-11-20 12:59:59"),
    ]

    promise = final_of(events)

    assert promise.due_at == at("2026-12-05 10:00")
    assert explain(promise).pauses == ((at("2026-11-20 13:00"), at("2026-11-20 13:00")),)
