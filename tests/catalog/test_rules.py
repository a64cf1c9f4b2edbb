import pytest

from portal.catalog.families import Family
from portal.catalog.rules import (
    OfferingRule,
    Requirement,
    Verdict,
    are_exclusive,
    circles,
    is_hopeless,
    orphans,
    verdict,
)

INTERNET = Requirement(plan_of=Family.INTERNET)
SLOW = OfferingRule("slow", Family.INTERNET, is_plan=True)
FAST = OfferingRule("fast", Family.INTERNET, is_plan=True, replaces=frozenset({"slow"}))
GUARD = OfferingRule("guard", Family.SECURITY, requires=(INTERNET,))
GUARD_PLUS = OfferingRule(
    "guard-plus", Family.SECURITY, requires=(INTERNET,), excludes=frozenset({"guard"})
)
ADDRESS = OfferingRule("static-ip", Family.OPTION, requires=(INTERNET,))
CAMERA = OfferingRule(
    "camera", Family.OPTION, requires=(Requirement(any_of=frozenset({"static-ip"})),)
)


def test_nothing_stands_in_the_way_of_a_first_plan():
    assert verdict(SLOW, []) == Verdict()


def test_a_requirement_that_nobody_meets_is_named():
    judged = verdict(GUARD, [])

    assert judged == Verdict(missing=(INTERNET,))


def test_any_plan_of_the_family_meets_a_requirement():
    assert verdict(GUARD, [FAST]) == Verdict()


def test_an_offering_of_the_family_that_is_no_plan_does_not_meet_it():
    assert verdict(GUARD, [OfferingRule("booster", Family.INTERNET)]).missing == (INTERNET,)


def test_a_plan_that_may_replace_another_ends_it():
    judged = verdict(FAST, [SLOW, GUARD])

    assert judged == Verdict(replaced=("slow",))


def test_a_plan_that_may_not_replace_another_is_excluded_by_it():
    assert verdict(SLOW, [FAST]).excluded_by == ("fast",)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (GUARD, GUARD_PLUS, True),
        (SLOW, FAST, True),
        (SLOW, SLOW, False),
        (SLOW, GUARD, False),
    ],
)
def test_exclusion_goes_both_ways(one, other, expected):
    assert are_exclusive(one, other) is expected
    assert are_exclusive(other, one) is expected


def test_what_needs_the_lost_thing_is_lost_in_waves():
    assert orphans([GUARD, CAMERA, ADDRESS]) == ("guard", "static-ip", "camera")


def test_nothing_is_lost_when_another_plan_meets_the_requirement():
    assert orphans([FAST, GUARD, ADDRESS, CAMERA]) == ()


def test_offerings_that_wait_for_each_other_are_found_with_those_behind_them():
    one = OfferingRule("one", Family.OPTION, requires=(Requirement(any_of=frozenset({"two"})),))
    two = OfferingRule("two", Family.OPTION, requires=(Requirement(any_of=frozenset({"one"})),))
    behind = OfferingRule(
        "behind", Family.OPTION, requires=(Requirement(any_of=frozenset({"two"})),)
    )

    assert circles({rule.code: rule for rule in (one, two, behind, SLOW)}) == (
        "one",
        "two",
        "behind",
    )


def test_a_requirement_whose_every_answer_is_excluded_is_hopeless():
    hermit = OfferingRule(
        "hermit", Family.OPTION, requires=(INTERNET,), excludes=frozenset({"slow"})
    )

    assert is_hopeless(hermit, INTERNET, [SLOW, hermit])
    assert not is_hopeless(hermit, INTERNET, [SLOW, FAST, hermit])
