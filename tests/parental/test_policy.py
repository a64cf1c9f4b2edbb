"""Format v2, byte by byte: a resolver of another language reads the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.parental.policy import (
    OwnRule,
    Policy,
    PolicyError,
    Scope,
    Window,
    decode,
    dotted_name,
    encode,
    wire_name,
)
from portal.parental.sites import Action
from tests.parental.test_verdict import POLICIES


def test_the_bytes_of_a_policy_stand_where_the_page_says():
    blob = encode(
        Policy(
            zone_offset=300,
            safe_search=True,
            youtube=2,
            pause_until=0x01020304,
            bonus_until=0x05060708,
            categories=1 << 63,
            windows=(
                Window(3, own_rules=True, internet_off=True, school_days=1 << 9, free_days=1),
            ),
            rules=(OwnRule("b.kz", Action.ALLOW, Scope.SUBDOMAINS, 7, in_windows=True),),
        )
    )

    assert blob[:32].hex(" ") == (
        "02 05 2c 01 04 03 02 01 08 07 06 05 01 00 00 00 "
        "00 00 00 00 00 00 00 80 01 00 00 00 84 00 00 00"
    )
    assert blob[32:48].hex(" ") == "03 00 00 00 00 00 00 00 03 00 00 00 00 00 00 00"
    assert blob[48:90] == bytes([0, 2]) + bytes(40)
    assert blob[90:132] == bytes([1]) + bytes(41)
    assert blob[132:136] == (136).to_bytes(4, "little")
    assert blob[136:].hex(" ") == "0d 07 00 00 00 06 01 62 02 6b 7a 00"


def test_names_stand_in_the_order_of_their_bytes():
    names = ["a.kz", "aa.kz", "b.kz", "a.a.kz", "z.com", "_x.kz"]
    blob = encode(Policy(rules=tuple(OwnRule(name, Action.BLOCK) for name in names)))

    stored = [wire_name(rule.name) for rule in decode(blob).rules]

    assert stored == sorted(stored)
    assert len(stored) == len(names)


@settings(max_examples=300, deadline=None)
@given(policy=POLICIES)
def test_a_policy_survives_its_bytes(policy):
    read = decode(encode(policy))

    assert sorted(read.rules, key=repr) == sorted(policy.rules, key=repr)
    assert read.windows == policy.windows
    assert encode(read)[:32] == encode(policy)[:32]


def test_the_empty_policy_is_32_bytes():
    assert len(encode(Policy())) == 32


def test_ten_thousand_rules_are_small():
    rules = tuple(OwnRule(f"site-{number}.example.kz", Action.BLOCK) for number in range(10_000))

    assert len(encode(Policy(rules=rules))) < 400_000


def test_a_seventeenth_window_is_refused():
    with pytest.raises(PolicyError):
        encode(Policy(windows=(Window(),) * 17))


@pytest.mark.parametrize("blob", [b"", b"\x02" * 31, b"\x01" + bytes(31), b"\x03" + bytes(31)])
def test_other_bytes_are_not_a_policy(blob):
    with pytest.raises(PolicyError):
        decode(blob)


@settings(max_examples=300, deadline=None)
@given(policy=POLICIES.filter(lambda policy: policy.rules), cut=st.integers(1, 20))
def test_a_cut_policy_is_refused(policy, cut):
    with pytest.raises(PolicyError):
        decode(encode(policy)[:-cut])


def test_a_wire_name_is_lower_case_and_ends_with_the_root():
    assert wire_name("WWW.a.KZ") == b"\x03www\x01a\x02kz\x00"
    assert dotted_name(wire_name("www.a.kz")) == "www.a.kz"


@pytest.mark.parametrize("name", ["", "a..kz", "a" * 64 + ".kz", ".".join(["a" * 49] * 6)])
def test_what_is_no_name_has_no_wire_form(name):
    with pytest.raises(ValueError, match="name"):
        wire_name(name)
