from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.promises.explanation import explain
from portal.promises.fold import CLOSINGS, Event, Happening, fold, next_of, read
from portal.promises.obligation import Outcome
from portal.promises.policy import Kind
from tests.promises.factories import POLICIES, at, first_policy

START = at("2026-10-01 10:00")
KINDS = ["fault", "question", "complaint", "suggestion", "gratitude"]
CHANNELS = ["form", "email", "chat", "facebook", "phone", "office"]
OF_OTHERS = {Happening.REGISTERED, Happening.RATED, Happening.VISIT_BOOKED, Happening.VISIT_MOVED}
LATER = [h for h in Happening if h not in OF_OTHERS]
BOTH = POLICIES | {2: first_policy(2, grace_minutes=600)}


@st.composite
def histories(draw, *, back=0):
    """An appeal's events: a registration, and then anything at all, in order of time.

    `back`: how many minutes the clock may go back between two of them.
    """
    moment = START
    first = {"kind": draw(st.sampled_from(KINDS)), "channel": draw(st.sampled_from(CHANNELS))}
    events = [Event(Happening.REGISTERED, moment, 1, first)]
    for happening in draw(st.lists(st.sampled_from(LATER), max_size=12)):
        moment += timedelta(minutes=draw(st.integers(-back, 60 * 24 * 12)))
        data = {}
        if happening in {Happening.INTERIM_SENT, Happening.OUTAGE_JOINED}:
            until = moment + timedelta(hours=draw(st.integers(1, 24 * 40)))
            data = {"promised_at": until.isoformat(), "reason": "so"}
            data |= {"of_outage": draw(st.booleans())}
        policy = 2 if happening is Happening.REBASED else 1
        events.append(Event(happening, moment, policy, data))
    return events


slowly = settings(max_examples=200, deadline=None)


@slowly
@given(histories())
def test_no_final_answer_is_due_later_than_30_days_after_its_start(events):
    for promise in fold(events, BOTH):
        if promise.kind is Kind.FINAL:
            assert promise.due_at <= promise.started_at + timedelta(days=30)


@slowly
@given(histories())
def test_the_same_events_always_make_the_same_promises(events):
    assert fold(events, BOTH) == fold(list(events), BOTH)


@slowly
@given(histories(), st.integers(0, 24 * 60))
def test_what_is_broken_stays_broken(events, hours):
    whole = fold(events, BOTH)
    now = events[-1].at
    later = now + timedelta(hours=hours)

    for promise in whole:
        if promise.outcome(now) is Outcome.BROKEN:
            assert promise.outcome(later) is Outcome.BROKEN


@slowly
@given(histories())
def test_a_later_event_mends_no_broken_promise(events):
    """What was broken before the last event is broken after it, whatever it was."""
    *earlier, last = events
    if not earlier:
        return
    before, after = fold(earlier, BOTH), fold(events, BOTH)

    for old, new in zip(before, after, strict=False):
        if old.outcome(last.at) is Outcome.BROKEN:
            assert new.outcome(last.at) is Outcome.BROKEN


@slowly
@given(histories())
def test_cycles_are_counted_and_at_most_one_of_a_kind_runs(events):
    promises = fold(events, BOTH)

    for kind in Kind:
        cycles = [p.cycle for p in promises if p.kind is kind]
        assert cycles == list(range(1, len(cycles) + 1))
        if kind in (Kind.INTERIM, *CLOSINGS):
            assert sum(p.is_open for p in promises if p.kind is kind) <= 1


@slowly
@given(histories())
def test_what_is_open_is_always_promised(events):
    """A repair that is told is told with the final answer, so alone it is left out here."""
    told = [event for event in events if event.happening is not Happening.REPAIRED]
    for number in range(1, len(told) + 1):
        case = read(told[:number], BOTH)
        assert case.is_over or next_of(case)
        if told[number - 1].happening is Happening.INTERIM_SENT:
            assert case.is_over or case.closing()


@slowly
@given(histories(back=60 * 24 * 3))
def test_every_promise_can_be_explained_whatever_the_clock_did(events):
    for promise in fold(events, BOTH):
        assert promise.outcome(events[-1].at)
        assert all(begin <= end for begin, end in promise.all_pauses)
        why = explain(promise)
        assert why.due_at == promise.due_at
        assert why.started_at == promise.started_at
