"""What an operator runs, as a household's devices see it: dnsdist, unbound and our store."""

import random
import time
from dataclasses import replace

import dns.exception
import dns.flags
import dns.rcode
import pytest

from portal.parental.dns.store import Cursor, Saved
from portal.parental.policy import OwnRule, Policy, Scope, Window, encode, wire_name
from portal.parental.sites import Action
from tests.live import wait_until
from tests.parental.dnsdist import HOME, LISTS, NOBODY, OTHER, RULES, ResolverHost, fill
from tests.parental.resolvers import BLOCKED, OPEN

pytestmark = pytest.mark.long

ALWAYS = 2**336 - 1


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    host = ResolverHost(tmp_path_factory.mktemp("resolver"))
    try:
        with host.store():
            host.start()
        yield host
    finally:
        host.end()


@pytest.fixture
def store(running):
    with running.store() as store:
        fill(store, {HOME: LISTS, "::1": LISTS})
        store.put_categories([(wire_name("adult.example"), 1)])
        yield store


@pytest.fixture
def resolver(running, store):
    return running


def test_closed_and_open_names(resolver):
    assert resolver.address("casino.com") == BLOCKED["A"]
    assert resolver.address("WWW.Casino.COM", "AAAA") == BLOCKED["AAAA"]
    assert resolver.address("қазақ.қаз") == BLOCKED["A"]
    assert resolver.address("x.adult.example") == BLOCKED["A"]
    assert resolver.address("good.casino.com") == OPEN["A"]
    assert resolver.address("notcasino.com", "AAAA") == OPEN["AAAA"]
    assert resolver.address("casino.com", tcp=True) == BLOCKED["A"]
    assert resolver.address("notcasino.com", tcp=True) == OPEN["A"]


def test_a_closed_name_has_a_short_life_and_nothing_of_other_types(resolver):
    assert resolver.ask("casino.com").answer[0].ttl == 10
    for kind in ("HTTPS", "SVCB", "TXT", "MX", "ANY", "CNAME", "NS", "SOA", "TYPE65280"):
        answer = resolver.ask("casino.com", kind)
        assert (answer.rcode(), answer.answer) == (dns.rcode.NOERROR, []), kind


def test_only_filtered_homes_get_short_lives(resolver):
    assert resolver.ask("open.kz").answer[0].ttl <= 30
    assert resolver.ask("open.kz", home=NOBODY).answer[0].ttl > 30
    assert resolver.address("casino.com", home=NOBODY) == OPEN["A"]
    assert resolver.ask("mask.icloud.com", home=NOBODY).rcode() == dns.rcode.NOERROR


def test_a_save_is_in_force_at_the_next_question(resolver, store):
    for number in range(20):
        closed = f"site{number}.kz"
        policy = Policy(rules=(OwnRule(closed, Action.BLOCK),))
        store.apply_policies([Saved(1, 100 + number, encode(policy))], Cursor(1, 100 + number))

        assert resolver.address(closed) == BLOCKED["A"]
        assert resolver.address(f"site{number - 1}.kz") == OPEN["A"]


def test_a_category_is_in_force_at_the_next_question(resolver, store):
    for number in range(10):
        late = f"late{number}.example"
        assert {resolver.address(f"x.{late}") for _ in range(8)} == {OPEN["A"]}

        store.put_categories([(wire_name(late), 1)])

        assert {resolver.address(f"x.{late}") for _ in range(8)} == {BLOCKED["A"]}


def test_ipv6_homes_are_known_by_their_prefix(resolver):
    assert resolver.address("casino.com", home="::1") == BLOCKED["A"]
    assert resolver.address("open.kz", home="::1") == OPEN["A"]


def test_canaries_keep_devices_from_going_round_us(resolver):
    for name in ("use-application-dns.net", "mask.icloud.com", "x.mask-h2.icloud.com"):
        assert resolver.ask(name).rcode() == dns.rcode.NXDOMAIN
    empty = resolver.ask("_dns.resolver.arpa", "SVCB")
    assert (empty.rcode(), empty.answer) == (dns.rcode.NOERROR, [])


def test_emergency_help_stays_open_even_in_a_pause(resolver, store):
    assert resolver.address("www.egov.kz") == OPEN["A"]

    fill(store, {HOME: Policy(pause_until=int(time.time()) + 600)})

    assert resolver.address("egov.kz") == OPEN["A"]
    assert resolver.address("kundelik.kz") == BLOCKED["A"]
    assert resolver.ask(".", "NS").answer == []
    assert resolver.ask("mask.icloud.com").rcode() == dns.rcode.NXDOMAIN


def test_a_pause_ends_by_itself(resolver, store):
    fill(store, {HOME: Policy(pause_until=int(time.time()) + 2)})
    assert resolver.address("kundelik.kz") == BLOCKED["A"]

    wait_until(lambda: resolver.address("kundelik.kz") == OPEN["A"], patience=5)


@pytest.mark.parametrize(
    ("safe_search", "youtube", "google", "video"),
    [
        (False, 0, None, None),
        (True, 0, "forcesafesearch.google.com.", None),
        (False, 1, None, "restrictmoderate.youtube.com."),
        (False, 2, None, "restrict.youtube.com."),
        (True, 1, "forcesafesearch.google.com.", "restrictmoderate.youtube.com."),
        (True, 2, "forcesafesearch.google.com.", "restrict.youtube.com."),
    ],
)
def test_search_engines_and_youtube_are_made_safe(
    resolver, store, safe_search, youtube, google, video
):
    fill(store, {HOME: Policy(safe_search=safe_search, youtube=youtube)})

    for name, target in (("www.google.kz", google), ("m.youtube.com", video)):
        for kind in ("A", "AAAA"):
            answer = resolver.ask(name, kind).answer
            led_to = [str(rrset[0]) for rrset in answer if rrset.rdtype == dns.rdatatype.CNAME]
            assert led_to == ([target] if target else [])
            assert str(answer[-1][0]) == OPEN[kind]
        assert [rrset for rrset in resolver.ask(name, "HTTPS").answer if rrset.rdtype == 65] == []
    for name in ("mail.google.com", "google.kz", "x.www.google.kz", "music.youtube.com"):
        assert len(resolver.ask(name).answer) == 1
    yandex = "213.180.193.56" if safe_search else OPEN["A"]
    for name in ("yandex.kz", "www.yandex.ru", "ya.ru", "www.ya.ru"):
        assert resolver.address(name) == yandex


def test_what_a_parent_opens_stays_safe(resolver, store):
    opened = tuple(OwnRule(site, Action.ALLOW) for site in ("google.kz", "youtube.com"))
    fill(
        store,
        {HOME: Policy(safe_search=True, youtube=2, rules=opened), OTHER: Policy(rules=opened)},
    )

    for name, target in (
        ("www.google.kz", "forcesafesearch.google.com."),
        ("www.youtube.com", "restrict.youtube.com."),
        ("m.youtube.com", "restrict.youtube.com."),
    ):
        assert str(resolver.ask(name).answer[0][0]) == target
        assert len(resolver.ask(name, home=OTHER).answer) == 1


def test_each_home_has_its_own_lists(resolver, store):
    fill(store, {HOME: LISTS, OTHER: Policy(rules=(OwnRule("open.kz", Action.BLOCK),))})

    assert (resolver.address("casino.com"), resolver.address("open.kz")) == (
        BLOCKED["A"],
        OPEN["A"],
    )
    assert resolver.address("casino.com", home=OTHER) == OPEN["A"]
    assert resolver.address("open.kz", home=OTHER) == BLOCKED["A"]


def test_ten_thousand_own_rules_are_all_found(resolver, store):
    rules = tuple(OwnRule(f"s{number}.kz", Action.BLOCK, Scope.EXACT) for number in range(10_000))
    fill(store, {HOME: Policy(rules=rules)})

    asked = [(f"s{number}.kz", "A") for number in range(0, 10_000, 97)]
    answers = resolver.ask_all(HOME, [*asked, ("s10000.kz", "A"), ("x.s1.kz", "A")])

    found = [str(answer.answer[0][0]) for answer in answers]
    assert found == [BLOCKED["A"]] * len(asked) + [OPEN["A"]] * 2


def test_a_broken_policy_opens_and_is_counted(resolver, store):
    week = Window(mask=1, internet_off=True, school_days=ALWAYS, free_days=ALWAYS)
    bed = replace(LISTS, windows=(week,))
    whole = encode(bed)
    first_record = 32 + 100 + 4 * len(RULES)
    cut = {f"127.2.0.{at}": whole[:at] for at in range(1, first_record, 7)}
    strange = {"127.3.0.1": b"\x01" + whole[1:], "127.3.0.2": b"\x02 broken"}
    strange["127.3.0.3"] = whole[:24] + b"\xff" * 8 + whole[32:]  # too many rules, far away
    strange["127.3.0.4"] = whole[:12] + b"\xff" + whole[13:]  # too many windows
    fill(store, cut | strange)
    before = resolver.outcomes()["failed_open"]

    for home in strange:
        assert resolver.address("any.kz", home=home) == OPEN["A"]
    for home in cut:
        assert resolver.address("any.kz", home=home) == OPEN["A"]

    assert resolver.outcomes()["failed_open"] - before == len(cut) + len(strange)
    fill(store, {HOME: LISTS})
    assert resolver.address("casino.com") == BLOCKED["A"]


def test_spoilt_bytes_never_end_dnsdist(resolver, store):
    made = random.Random(7)  # noqa: S311 - not for secrets
    window = Window(mask=1, own_rules=True, school_days=ALWAYS, free_days=ALWAYS)
    whole = encode(replace(LISTS, windows=(window,) * 3))

    def spoilt():
        policy = bytearray(whole)
        for _ in range(made.choice([1, 2, 8, 40])):
            policy[made.randrange(1, len(policy))] = made.choice([0, 1, 127, 255])
        return bytes(policy[: made.choice([len(policy), made.randrange(1, len(policy))])])

    fill(store, {f"127.6.{home // 250}.{home % 250 + 1}": spoilt() for home in range(500)})
    for home in range(500):
        asked = [("casino.com", "A"), ("x.adult.example", "A"), ("a.b.c.d.kz", "A")]
        answers = resolver.ask_all(f"127.6.{home // 250}.{home % 250 + 1}", asked)
        assert {str(answer.answer[0][0]) for answer in answers} <= {BLOCKED["A"], OPEN["A"]}
    assert resolver.processes[-1].poll() is None


def test_what_is_no_question_does_no_harm(resolver):
    longest = ".".join(["a" * 63] * 3 + ["b" * 61])
    assert resolver.address(longest) == OPEN["A"]
    assert resolver.address(f"casino.com.{'x' * 63}") == OPEN["A"]
    assert resolver.address(r"casino\.com") == OPEN["A"]
    assert resolver.address(r"a\000b.casino.com") == BLOCKED["A"]
    assert resolver.ask("casino.com", use_edns=0).edns == 0
    assert resolver.ask("casino.com", use_edns=False).edns == -1
