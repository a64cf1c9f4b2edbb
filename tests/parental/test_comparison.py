"""What a list would change; leaving out covered names changes no answer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.parental.comparison import Fate, Key, compare, names_above
from portal.parental.lists import Entry, read_list, text_of
from portal.parental.policy import OwnRule, Policy, Scope
from portal.parental.sites import Action
from tests.parental.real_lists import real_list
from tests.parental.reference import naive_outcome

BLOCK, ALLOW = Action.BLOCK, Action.ALLOW
NAMES = st.lists(st.sampled_from("ab"), min_size=1, max_size=4).map(
    lambda labels: ".".join([*labels, "kz"])
)
KEYS = st.builds(Key, NAMES, st.booleans(), st.sampled_from(Action))


def fates(text, *standing, passing=()):
    entries = read_list(text, action=BLOCK).entries
    comparison = compare(entries, standing, passing=passing)
    return [(entry.name, str(fate)) for entry, fate in comparison.fates]


def test_each_entry_has_its_fate():
    standing = [Key("casino.com", False, BLOCK), Key("good.kz", False, ALLOW)]

    assert fates(
        "new.kz\nnew.kz\ncasino.com\nwww.casino.com\n*.casino.com\ngood.kz\nx.good.kz\nb.new.kz",
        *standing,
    ) == [
        ("new.kz", "new"),
        ("new.kz", "duplicate"),
        ("casino.com", "duplicate"),
        ("www.casino.com", "covered"),
        ("casino.com", "covered"),
        ("good.kz", "conflict"),
        ("x.good.kz", "new"),
        ("b.new.kz", "covered"),
    ]


def test_a_shorter_name_later_in_the_list_covers_too():
    assert fates("a.b.kz\nb.kz") == [("a.b.kz", "covered"), ("b.kz", "new")]


def test_a_name_below_an_exception_is_not_covered():
    text = "casino.com\n@@||good.casino.com^\nbad.good.casino.com"

    assert fates(text)[2] == ("bad.good.casino.com", "new")


def test_a_rule_that_ends_by_itself_covers_nothing():
    brief = Key("casino.com", False, BLOCK)

    assert fates("www.casino.com", passing=[brief]) == [("www.casino.com", "new")]
    assert fates("casino.com", passing=[brief]) == [("casino.com", "new")]
    assert fates("casino.com", passing=[brief._replace(action=ALLOW)]) == [
        ("casino.com", "conflict")
    ]


def test_the_names_above_come_longest_first():
    assert list(names_above("a.b.c.kz")) == ["b.c.kz", "c.kz", "kz"]


def policy_of(keys):
    return Policy(
        rules=tuple(
            OwnRule(key.name, key.action, Scope.SUBDOMAINS if key.subdomains_only else Scope.SITE)
            for key in keys
        )
    )


@settings(max_examples=400, deadline=None)
@given(standing=st.sets(KEYS, max_size=4), wanted=st.lists(KEYS, max_size=8), asked=NAMES)
def test_leaving_out_what_is_covered_changes_no_answer(standing, wanted, asked):
    entries = [Entry(line, *key) for line, key in enumerate(wanted, start=1)]

    comparison = compare(entries, standing)

    kept = {*standing, *(Key.of(entry) for entry in comparison.added)}
    answers = [
        naive_outcome(policy_of(keys), asked, at=0, categories={}, free_days=set())[0]
        for keys in (kept, {*standing, *wanted})
    ]
    assert answers[0] == answers[1]
    assert len(comparison.fates) == len(wanted)


@pytest.mark.parametrize(
    ("name", "added"), [("sinfonietta_gambling-hosts", 1458), ("tiktok.txt", 294)]
)
def test_real_lists_shrink_to_what_a_profile_holds(name, added):
    entries = read_list(text_of(real_list(name)), action=BLOCK).entries

    comparison = compare(entries, [])

    assert len(comparison.added) == added
    assert comparison.of(Fate.CONFLICT) == []
