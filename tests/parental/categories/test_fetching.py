"""Subscriptions: taken from a real server over https; nobody leads us where we must not go."""

import socket
import ssl
import time
from ipaddress import ip_address

import pytest

from portal.core.errors import RuleError
from portal.core.outside import Guard
from portal.parental.categories.fetching import Known, fetch
from tests.parental.categories.lists_server import LIST, lists_server

MEGABYTE = 1024**2


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with lists_server(tmp_path_factory.mktemp("lists")) as server:
        yield server


@pytest.fixture
def guard(server):
    """Allow this one address of this computer, and no other."""
    trusting = ssl.create_default_context(cafile=server.pem)
    return Guard(("127.0.0.1/32",), trusting, largest=MEGABYTE, patience=30)


def refusal(url, guard):
    with pytest.raises(RuleError) as refused:
        fetch(url, Known(), guard)
    assert refused.value.field == "url"
    return refused.value.marked.msgid


def test_a_list_is_taken_once_and_then_only_asked_after(server, guard):
    first = fetch(server.url + "/list", Known(), guard)

    assert first.content == LIST
    assert first.known == Known('"one"', "Sun, 22 Nov 2026 12:00:00 GMT")
    assert fetch(server.url + "/list", first.known, guard).content is None
    asked = server.asked[-1][1]
    assert asked["If-None-Match"] == '"one"'
    assert asked["If-Modified-Since"] == "Sun, 22 Nov 2026 12:00:00 GMT"


def test_a_packed_answer_and_a_redirect_are_followed(server, guard):
    assert fetch(server.url + "/packed", Known(), guard).content == LIST
    server.leads_to = "/list"
    assert fetch(server.url + "/moved", Known(), guard).content == LIST


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/bomb", "The list is larger than"),
        ("/endless", "The list is larger than"),
        ("/cut", "The list is packed, and"),
        ("/strange", "The server packs the list in a way"),
        ("/gone", "The server answered with the code"),
        ("/round", "The address leads to too many"),
    ],
)
def test_bad_answers_are_refused_within_their_limits(server, guard, path, words):
    assert refusal(server.url + path, guard).startswith(words)


@pytest.mark.parametrize("path", ["/drip", "/drip-heads"])
def test_an_answer_that_never_ends_is_left_at_the_deadline(server, guard, path):
    brief = Guard(guard.networks, guard.context, patience=0.8)
    begun = time.monotonic()

    assert refusal(server.url + path, brief) == "The server did not answer in time."
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    "leads_to",
    [
        "https://10.0.0.5/list",
        "https://127.0.0.2/list",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/list",
        "https://[::ffff:10.0.0.5]/list",
        "https://[fd00::1]/list",
        "https://0.0.0.0/list",
        "https://2130706434/list",  # An old spelling of 127.0.0.2.
    ],
)
def test_a_redirect_into_a_private_network_is_not_followed(server, guard, leads_to):
    server.leads_to = leads_to

    assert "inside a private network" in refusal(server.url + "/moved", guard)


def test_the_name_of_this_computer_is_private_too(guard):
    assert "inside a private network" in refusal("https://localhost/list", Guard())


@pytest.mark.parametrize(
    ("leads_to", "words"),
    [
        ("http://127.0.0.1/list", "Lists are taken over https only"),
        ("file:///etc/passwd", "This is not an address"),
        ("https://me:secret@127.0.0.1/list", "This is not an address"),
        ("https://127.0.0.1:port/", "This is not an address"),
    ],
)
def test_a_redirect_to_no_https_address_is_refused(server, guard, leads_to, words):
    server.leads_to = leads_to

    assert refusal(server.url + "/moved", guard).startswith(words)


def resolving(monkeypatch, *answers):
    """Let each look at a name find the next of these; return the names that were looked at."""
    looks = []
    real = socket.getaddrinfo

    def look(host, port, *more, **options):
        if host[0].isdigit():
            return real(host, port, *more, **options)
        looks.append(host)
        addresses = answers[min(len(looks), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look)
    return looks


def test_a_name_is_looked_up_once_for_the_check_and_the_connection(server, guard, monkeypatch):
    """A server of names that answers otherwise a moment later gains nothing."""
    looks = resolving(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])

    url = f"https://lists.example:{server.server_address[1]}/list"
    assert fetch(url, Known(), guard).content == LIST
    assert looks == ["lists.example"]
    assert "inside a private network" in refusal(url, guard)


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    resolving(monkeypatch, ["93.184.216.34", "10.0.0.5"])

    assert "inside a private network" in refusal("https://lists.example/list", Guard())


def test_the_certificate_must_be_that_of_the_name(server, guard, monkeypatch):
    resolving(monkeypatch, ["127.0.0.1"])
    port = server.server_address[1]

    assert fetch(f"https://lists.example:{port}/list", Known(), guard).content == LIST
    assert refusal(f"https://other.example:{port}/list", guard).startswith("The server could not")
    assert refusal(server.url + "/list", Guard(guard.networks)).startswith("The server could not")


@pytest.mark.parametrize(
    ("address", "is_allowed"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),  # noqa: S104 - an address to refuse
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:192.168.1.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::1", False),
    ],
)
def test_only_public_addresses_are_talked_to(address, is_allowed):
    assert Guard().allows(ip_address(address)) is is_allowed


def test_an_operator_may_allow_a_mirror_of_his_own():
    guard = Guard(("10.1.0.0/16",))

    assert guard.allows(ip_address("10.1.2.3"))
    assert not guard.allows(ip_address("10.2.2.3"))
