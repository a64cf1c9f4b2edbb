"""The matcher against the naive one, and against the table of vectors."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.parental.policy import OwnRule, Policy, Scope, Window, encode, wire_name
from portal.parental.sites import Action
from portal.parental.verdict import FreeDays, Outcome, verdict
from tests.parental.reference import EPOCH, naive_outcome
from tests.parental.vectors import VECTORS, free_days, masks_of, policy_of, seconds

SUNDAY = date(2026, 11, 22)
NOON = 1795330800  # Sunday 22 November 2026, 12:00 in Almaty
LABELS = st.sampled_from(["a", "b", "ab", "z-9", "_x"])
NAMES = st.lists(LABELS, min_size=1, max_size=5).map(lambda labels: ".".join([*labels, "kz"]))
MASKS = st.integers(0, 15)
NEAR = st.integers(-8 * 86400, 8 * 86400).map(lambda seconds: NOON + seconds)
MOMENTS = st.one_of(st.just(0), NEAR)
WEEKS = st.one_of(
    st.just(0),
    st.just(2**336 - 1),
    st.integers(0, 2**336 - 1),
    st.builds(
        lambda start, length: (2**length - 1) << start, st.integers(0, 287), st.integers(1, 48)
    ),
)
RULES = st.builds(
    OwnRule,
    name=NAMES,
    action=st.sampled_from(Action),
    scope=st.sampled_from(Scope),
    expires=MOMENTS,
    in_windows=st.booleans(),
)
WINDOWS = st.builds(
    Window,
    mask=MASKS,
    own_rules=st.booleans(),
    internet_off=st.booleans(),
    school_days=WEEKS,
    free_days=WEEKS,
)
POLICIES = st.builds(
    Policy,
    zone_offset=st.sampled_from([300, 0, -210, 330, 840]),
    safe_search=st.booleans(),
    pause_until=st.sampled_from([0, 0, 0, NOON, NOON + 3600]),
    bonus_until=MOMENTS,
    categories=MASKS,
    windows=st.lists(WINDOWS, max_size=4).map(tuple),
    rules=st.lists(RULES, max_size=12).map(tuple),
)
ENTRIES = st.dictionaries(NAMES, MASKS, max_size=8)
HOLIDAYS = st.sets(st.integers(-9, 9).map(lambda days: SUNDAY + timedelta(days=days)), max_size=5)


@settings(max_examples=700, deadline=None)
@given(policy=POLICIES, name=NAMES, at=NEAR, entries=ENTRIES, holidays=HOLIDAYS)
def test_the_verdict_equals_the_naive_one(policy, name, at, entries, holidays):
    answer = verdict(
        encode(policy),
        wire_name(name),
        at=at,
        categories=masks_of(entries),
        free_days=FreeDays.of(holidays),
    )

    expected = naive_outcome(policy, name, at=at, categories=entries, free_days=holidays)
    assert (answer.outcome, answer.rule) == expected


@settings(max_examples=300, deadline=None)
@given(policy=POLICIES, name=NAMES, at=NEAR, entries=ENTRIES, holidays=HOLIDAYS)
def test_until_then_nothing_changes(policy, name, at, entries, holidays):
    lasting = replace(policy, rules=tuple(replace(rule, in_windows=False) for rule in policy.rules))

    def answer_at(moment):
        return verdict(
            encode(lasting),
            wire_name(name),
            at=moment,
            categories=masks_of(entries),
            free_days=FreeDays.of(holidays),
        )

    answer = answer_at(at)

    if answer.until is not None:
        assert answer.until > at
        assert answer_at(answer.until - 1).is_closed == answer.is_closed
        assert answer_at(answer.until).outcome is not Outcome.PAUSE


@pytest.mark.parametrize(
    "question", VECTORS["questions"], ids=lambda each: f"{each['policy']}: {each['name']}"
)
def test_the_table_of_vectors(question):
    answer = verdict(
        encode(policy_of(VECTORS["policies"][question["policy"]])),
        wire_name(question["name"]),
        at=seconds(question["at"]),
        categories=masks_of(VECTORS["categories"]),
        free_days=free_days(),
    )

    assert answer.outcome == question["outcome"]
    assert answer.rule == question.get("rule")
    assert (answer.until or 0) == seconds(question.get("until"))


def test_every_outcome_stands_in_the_table():
    assert {each["outcome"] for each in VECTORS["questions"]} == set(Outcome)


def test_free_days_survive_their_bytes():
    days = {SUNDAY, SUNDAY + timedelta(days=40), EPOCH + timedelta(days=9)}

    assert set(FreeDays.decode(FreeDays.of(days).encode()).days()) == days
