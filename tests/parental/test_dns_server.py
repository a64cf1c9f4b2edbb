"""The embedded server, asked by real resolvers' clients over real sockets."""

import socket
import struct
from contextlib import closing, suppress
from datetime import timedelta
from ipaddress import ip_address, ip_network

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import pytest

from portal.core import clock
from portal.parental.dns.store import Cursor, Saved, Store, network_key
from portal.parental.dns.ttl import capped
from portal.parental.policy import OwnRule, Policy, encode, wire_name
from portal.parental.sites import Action
from tests.live import Live, wait_until
from tests.parental.resolvers import BLOCKED, OPEN, Resolver, start_upstream

HOME = 7
RULES = (
    OwnRule("casino.com", Action.BLOCK),
    OwnRule("good.casino.com", Action.ALLOW),
    OwnRule("xn--80aau21bd.xn--80ao21a", Action.BLOCK),
    OwnRule("egov.kz", Action.BLOCK),
)


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """Give a resolver host: processes that need no database, ended with the module."""
    nobody = "postgresql://nobody@localhost:1/none"
    running = Live(
        dict.fromkeys(("kabinet_app", "kabinet_dns"), nobody), tmp_path_factory.mktemp("host")
    )
    yield running
    running.end()


@pytest.fixture(scope="module")
def files(host):
    with closing(Store(host.folder / "dns", is_writer=True)) as store:
        yield store


@pytest.fixture(scope="module")
def running(host, files):
    return Resolver(host, host.folder / "dns", DNS_UPSTREAM=start_upstream(host))


@pytest.fixture
def store(files):
    files.start_over("test")
    save(files, Policy(rules=RULES, categories=1))
    files.apply_leases([(network_key(ip_address("127.0.0.1")), HOME)], Cursor(1, 1))
    files.put_categories([(wire_name("adult.example"), 1)])
    return files


@pytest.fixture
def resolver(running, store):
    clock.freeze(None)
    return running


def save(store, policy, seq=None):
    seq = seq or store.cursor().seq + 1
    store.apply_policies([Saved(HOME, seq, encode(policy))], Cursor(1, seq))


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
    for kind in ("HTTPS", "TXT", "MX", "ANY", "SVCB", "CNAME"):
        answer = resolver.ask("casino.com", kind)
        assert (answer.rcode(), answer.answer) == (dns.rcode.NOERROR, [])
        assert answer.authority[0].rdtype == dns.rdatatype.SOA


def test_an_open_name_of_a_filtered_home_lives_half_a_minute(resolver, store):
    assert resolver.ask("open.kz").answer[0].ttl == 30

    store.apply_leases([(network_key(ip_address("127.0.0.1")), None)], Cursor(1, 2))

    assert resolver.ask("open.kz").answer[0].ttl == 300
    assert resolver.address("casino.com") == OPEN["A"]


def test_canaries_keep_devices_from_going_round_us(resolver, store):
    for name in ("use-application-dns.net", "mask.icloud.com", "mask-h2.icloud.com"):
        assert resolver.ask(name).rcode() == dns.rcode.NXDOMAIN
    empty = resolver.ask("_dns.resolver.arpa", "SVCB")
    assert (empty.rcode(), empty.answer) == (dns.rcode.NOERROR, [])

    save(store, Policy(pause_until=int((clock.now() + timedelta(hours=1)).timestamp())))

    assert resolver.ask("use-application-dns.net").rcode() == dns.rcode.NXDOMAIN
    assert resolver.is_closed("anything.kz")


def test_a_home_without_a_policy_is_left_alone(resolver, store):
    store.apply_policies([Saved(HOME, 99, b"")], Cursor(1, 99))

    assert resolver.address("casino.com") == OPEN["A"]
    assert resolver.ask("mask.icloud.com").rcode() == dns.rcode.NOERROR


def test_emergency_help_stays_open_even_in_a_pause(resolver, store):
    assert resolver.address("www.egov.kz") == OPEN["A"]

    save(store, Policy(pause_until=int((clock.now() + timedelta(hours=1)).timestamp())))

    assert resolver.address("egov.kz") == OPEN["A"]
    assert resolver.is_closed("kundelik.kz")


def test_a_pause_ends_by_itself(resolver, store):
    save(store, Policy(pause_until=int(clock.now().timestamp()) + 2))
    assert resolver.is_closed("kundelik.kz")

    wait_until(lambda: not resolver.is_closed("kundelik.kz"), patience=5)


def test_a_broken_policy_opens(resolver, store, host):
    store.apply_policies([Saved(HOME, 50, b"\x02 broken")], Cursor(1, 50))

    assert resolver.address("casino.com") == OPEN["A"]
    assert "dns.failed_open" in host.logs()


def test_an_old_save_never_replaces_a_newer_one(resolver, store):
    save(store, Policy(rules=(OwnRule("new.kz", Action.BLOCK),)), seq=20)
    save(store, Policy(rules=RULES), seq=19)

    assert resolver.is_closed("new.kz")
    assert not resolver.is_closed("casino.com")


def test_edns_is_answered_in_kind(resolver):
    assert resolver.ask("casino.com", use_edns=0).edns == 0
    assert resolver.ask("casino.com", use_edns=False).edns == -1
    assert resolver.ask("open.kz", use_edns=0, payload=1232).answer


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", None),
        (b"\x00", None),
        (b"\x12\x34\x81\x80" + bytes(8), None),
        (b"\x12\x34\x01\x00\x00\x01" + bytes(6), 1),
        (b"\x12\x34\x01\x00\x00\x01" + bytes(6) + b"\xc0\x0c\x00\x01\x00\x01", 1),
        (b"\x12\x34\x01\x00\x00\x00" + bytes(6), 1),
        (b"\x12\x34\x28\x00\x00\x01" + bytes(6) + b"\x01a\x00\x00\x06\x00\x01", 4),
        (b"\xff" * 600, None),
    ],
)
def test_what_is_no_question_gets_an_error_or_nothing(resolver, data, code):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.3 if code is None else 3)
        client.sendto(data, ("127.0.0.1", resolver.port))
        answer = None
        with suppress(TimeoutError):
            answer = client.recv(600)

    assert (answer[3] & 15 if answer else None) == code
    assert resolver.address("open.kz") == OPEN["A"]


def test_a_stream_carries_several_questions_and_ends_on_nonsense(resolver):
    question = dns.message.make_query("casino.com", "A").to_wire()
    with socket.create_connection(("127.0.0.1", resolver.port), timeout=3) as client:
        for _ in range(2):
            client.sendall(struct.pack("!H", len(question)) + question)
            length = struct.unpack("!H", client.recv(2))[0]
            assert dns.message.from_wire(client.recv(length)).answer[0].ttl == 10
        client.sendall(b"\x00\x02\x00\x00")
        assert client.recv(2) == b""


@pytest.mark.long
def test_a_dead_or_silent_upstream_is_servfail(host, store):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        resolver = Resolver(host, host.folder / "dns", DNS_UPSTREAM=f"127.0.0.1:{port}")

        assert resolver.ask("open.kz", timeout=8).rcode() == dns.rcode.SERVFAIL
    assert resolver.ask("open.kz").rcode() == dns.rcode.SERVFAIL
    assert resolver.ask("open.kz", tcp=True).rcode() == dns.rcode.SERVFAIL
    assert resolver.is_closed("casino.com")

    resolver.process.terminate()
    assert resolver.process.wait(5) == 0


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"DNS_UPSTREAM": ""}, "DNS_UPSTREAM is not set"),
        ({"DNS_UPSTREAM": "nonsense:port"}, "DNS_UPSTREAM: "),
        ({"DNS_UPSTREAM": "127.0.0.1:53", "DNS_LISTEN": "127.0.0.1:taken"}, "can’t listen"),
    ],
)
def test_a_server_that_can_not_start_says_why(host, settings, words):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        chosen = {key: value.replace("taken", port) for key, value in settings.items()}
        process = host.start("flask", "dns", "serve", **chosen)

        assert process.wait(20) == 1
    assert words in host.logs()
    assert "Traceback" not in host.logs().split(words)[0][-300:]


def test_ipv6_homes_are_known_by_their_prefix():
    whole = ip_network("2001:db8:1:2200::/56")

    assert network_key(whole) == network_key(ip_address("2001:db8:1:22ff::9"))
    assert network_key(whole) != network_key(ip_address("2001:db8:1:2300::9"))
    assert network_key(ip_address("::ffff:127.0.0.1")) == network_key(ip_address("127.0.0.1"))


def test_only_lives_are_shortened():
    answer = dns.message.make_response(dns.message.make_query("a.kz", "A", use_edns=0))
    answer.answer.append(dns.rrset.from_text("a.kz.", 3600, "IN", "A", "192.0.2.1", "192.0.2.2"))
    answer.authority.append(dns.rrset.from_text("kz.", 5, "IN", "NS", "ns.a.kz."))
    wire = answer.to_wire()

    read = dns.message.from_wire(capped(wire, 30))

    assert (read.answer[0].ttl, read.authority[0].ttl) == (30, 5)
    assert read.answer[0] == answer.answer[0]
    assert (read.edns, read.flags) == (answer.edns, answer.flags)
    for cut in range(12, len(wire)):
        with pytest.raises(ValueError, match=r"cut off|index"):
            capped(wire[:cut], 30)
