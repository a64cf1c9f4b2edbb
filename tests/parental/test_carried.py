"""A device that carries a profile: real DoH and DoT through the real dnsdist."""

import shutil
import subprocess

import dns.exception
import dns.message
import dns.rcode
import pytest

from portal.parental.dns.store import Cursor, Saved
from portal.parental.dns.tokens import is_token, new_token
from portal.parental.policy import OwnRule, Policy, encode
from portal.parental.sites import Action
from tests.live import free_port
from tests.parental.carried import DOMAIN, PATH, ask_doh, ask_dot, write_certificate
from tests.parental.dnsdist import ResolverHost, fill
from tests.parental.resolvers import BLOCKED, OPEN

HOME, STRANGER = "127.0.0.1", "127.77.0.1"
CHILD = 9
LISTS = Policy(rules=(OwnRule("casino.com", Action.BLOCK),))
CHILDS = Policy(rules=(OwnRule("roblox.com", Action.BLOCK),))

long = pytest.mark.long


def test_a_token_is_a_label_that_nobody_guesses():
    tokens = {new_token() for _ in range(1000)}

    assert len(tokens) == 1000
    assert all(is_token(token) for token in tokens)
    assert not is_token("A" * 26)
    assert not is_token("a" * 25)


class Phone:
    """Asks the host by both ways under a token (or what it holds for one)."""

    def __init__(self, host, ports, certificate):
        self.host, (self.doh, self.dot), self.certificate = host, ports, certificate

    def by_doh(self, token, name, kind="A", *, home=STRANGER):
        path = f"{PATH}/{token}" if token else PATH
        return ask_doh(self.doh, path, name, kind, certificate=self.certificate, home=home)

    def by_dot(self, token, name, kind="A", *, home=STRANGER):
        host = f"{token}.{DOMAIN}" if token else DOMAIN
        return ask_dot(self.dot, host, name, kind, certificate=self.certificate, home=home)

    def both(self, token, name, *, home=STRANGER):
        """Return what both ways answer: an address, or the name of the error."""
        status, message = self.by_doh(token, name, home=home)
        return {_said(message) if message else status, _said(self.by_dot(token, name, home=home))}


def _said(message):
    if message is None:
        return "nothing"
    found = [str(item) for rrset in message.answer for item in rrset]
    return found[-1] if found else dns.rcode.to_text(message.rcode())


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    folder = tmp_path_factory.mktemp("carried")
    certificate, key = write_certificate(folder)
    ports = free_port(), free_port()
    running = ResolverHost(
        folder,
        DNS_NETWORKS="127.0.0.0/24,::1/128",
        DOH_LISTEN=f"127.0.0.1:{ports[0]}",
        DOT_LISTEN=f"127.0.0.1:{ports[1]}",
        DOH_URL=f"https://{DOMAIN}{PATH}",
        DOT_DOMAIN=DOMAIN,
        DNS_CERTIFICATE=str(certificate),
        DNS_KEY=str(key),
    )
    try:
        with running.store():
            running.start()
        yield Phone(running, ports, certificate)
    finally:
        running.end()


@pytest.fixture
def store(host):
    with host.host.store() as store:
        fill(store, {HOME: LISTS})
        store.apply_policies([Saved(CHILD, 100, encode(CHILDS))], Cursor(1, 100))
        yield store


@pytest.fixture
def token(store):
    made = new_token()
    store.apply_tokens([(made.encode(), CHILD)], Cursor(1, 1))
    return made


@long
def test_a_phone_asks_under_its_childs_profile_from_anywhere(host, token):
    assert host.both(token, "www.roblox.com") == {BLOCKED["A"]}
    assert host.both(token, "casino.com") == {OPEN["A"]}
    assert host.by_dot(token, "roblox.com", "HTTPS").answer == []
    assert host.by_dot(token.upper(), "roblox.com").answer
    assert _said(host.by_doh(token, "mask.icloud.com")[1]) == "NXDOMAIN"
    assert host.by_doh(token, "kundelik.kz")[1].answer[0].ttl <= 30


@long
def test_the_token_wins_over_the_address_and_without_one_the_address_counts(host, token):
    assert host.both(token, "casino.com", home=HOME) == {OPEN["A"]}
    assert host.both(token, "roblox.com", home=HOME) == {BLOCKED["A"]}
    assert host.both("", "casino.com", home=HOME) == {BLOCKED["A"]}
    assert host.host.address("casino.com", home=HOME) == BLOCKED["A"]


@long
def test_a_revoked_token_is_refused_at_the_next_question(host, token, store):
    assert host.both(token, "kundelik.kz") == {OPEN["A"]}

    store.apply_tokens([(token.encode(), None)], Cursor(1, 2))

    assert host.both(token, "kundelik.kz") == {"REFUSED"}
    assert host.both(token, "roblox.com", home=HOME) == {"REFUSED"}


@long
def test_what_is_no_token_is_refused(host, store):
    before = host.host.outcomes()["refused"]
    for wrong in (new_token(), "a", "a" * 25, "a" * 27, "a" * 60):
        assert host.both(wrong, "kundelik.kz") == {"REFUSED"}, wrong

    assert host.host.outcomes()["refused"] - before == 10
    assert host.by_doh(f"{new_token()}/x", "kundelik.kz")[1].rcode() == dns.rcode.REFUSED


@long
def test_a_profile_whose_option_ended_filters_nothing_and_answers(host, token, store):
    store.apply_policies([Saved(CHILD, 101, b"")], Cursor(1, 101))

    assert host.both(token, "roblox.com") == {OPEN["A"]}


@long
def test_a_stranger_without_a_token_gets_no_answer(host, store):
    with pytest.raises(dns.exception.Timeout):
        host.host.ask("kundelik.kz", home=STRANGER, timeout=0.5)
    assert host.by_dot("", "kundelik.kz") is None
    assert host.by_doh("", "kundelik.kz")[0] != 200


@long
def test_phones_speak_http_2(host, token):
    curl = shutil.which("curl")
    if not curl:
        pytest.skip("No curl: HTTP/2 is not tried. On Debian: apt install curl.")
    url = f"https://127.0.0.1:{host.doh}{PATH}/{token}"
    question = dns.message.make_query("roblox.com", "A", id=0).to_wire()
    done = subprocess.run(
        [
            *(curl, "--silent", "--http2", "--cacert", host.certificate, "--data-binary", "@-"),
            *("--header", "content-type: application/dns-message"),
            *("--write-out", "%{stderr}%{http_version}", url),
        ],
        input=question,
        capture_output=True,
        check=True,
    )

    assert done.stderr == b"2"
    assert _said(dns.message.from_wire(done.stdout)) == BLOCKED["A"]
