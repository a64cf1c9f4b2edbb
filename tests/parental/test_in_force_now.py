"""What a resolver itself says is in force, asked by DNS: what it reads at that moment."""

import socket
from contextlib import closing
from datetime import UTC, datetime, timedelta

import dns.message
import dns.query
import dns.rcode
import pytest

from portal.core import clock
from portal.parental.dns.in_force import Report, ask_all
from portal.parental.dns.store import Cursor, Saved, Store
from portal.parental.policy import OwnRule, Policy, encode
from portal.parental.proving import NodeState, proof_of
from portal.parental.queries import NodeRow, Standing
from portal.parental.sites import Action
from tests.live import Live, free_port
from tests.parental.dnsdist import ResolverHost, fill
from tests.parental.resolvers import Resolver, start_upstream

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
POLICY = Policy(rules=(OwnRule("casino.com", Action.BLOCK),))
SAVED = Standing(7, 42, NOW, ())


def node(name="one", *, is_alive=True, answers_at="192.0.2.1:53", seq=42, after=0.012):
    applied_at = NOW + timedelta(seconds=after) if seq else None
    return NodeRow(name, is_alive, NOW, answers_at, seq, applied_at)


def proof(*nodes, reports=None, seq=42):
    standing = Standing(7, seq, NOW if seq else None, nodes)
    return proof_of(standing, reports or {})


def states(proof):
    return [each.state for each in proof.nodes]


def test_a_server_that_answers_with_the_save_has_it():
    found = proof(node(), reports={"one": Report(42, NOW)})

    assert states(found) == [NodeState.HERE]
    assert (found.is_everywhere, found.milliseconds) == (True, 12)
    assert found.nodes[0].since == NOW


@pytest.mark.parametrize(
    ("report", "state"),
    [
        (None, NodeState.UNANSWERED),  # its node told of the save: that is not enough
        (Report(41, NOW), NodeState.ON_THE_WAY),
        (Report(0, None), NodeState.ON_THE_WAY),
        (Report(43, NOW), NodeState.HERE),
    ],
)
def test_only_the_servers_own_answer_counts(report, state):
    found = proof(node(), reports={"one": report} if report else {})

    assert states(found) == [state]
    assert found.is_everywhere == (state is NodeState.HERE)


def test_a_server_that_cannot_be_asked_is_believed_by_what_its_host_told():
    assert states(proof(node(answers_at=None))) == [NodeState.HERE]
    assert states(proof(node(answers_at=None, seq=41))) == [NodeState.ON_THE_WAY]
    assert states(proof(node(answers_at=None, seq=None))) == [NodeState.ON_THE_WAY]


def test_a_silent_host_is_shown_and_not_counted():
    found = proof(node(), node("gone", is_alive=False), reports={"one": Report(42, NOW)})

    assert states(found) == [NodeState.HERE, NodeState.SILENT]
    assert (found.resolvers, found.in_force, found.is_everywhere) == (1, 1, True)


def test_before_the_first_save_and_without_hosts_nothing_is_everywhere():
    before = proof(node(seq=None), reports={"one": Report(0, None)}, seq=None)
    assert states(before) == [NodeState.ON_THE_WAY]
    assert not before.is_everywhere
    assert not proof().is_everywhere


def test_a_later_row_tells_no_speed_of_this_save():
    late = proof(node(seq=43), reports={"one": Report(43, NOW)})
    slow = proof(node(after=11), reports={"one": Report(42, NOW)})

    assert (late.milliseconds, slow.milliseconds) == (None, None)


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """Give an embedded server with its store; no database is needed."""
    nobody = "postgresql://nobody@localhost:1/none"
    running = Live(
        dict.fromkeys(("kabinet_app", "kabinet_dns"), nobody), tmp_path_factory.mktemp("host")
    )
    folder = running.folder / "dns"
    with closing(Store(folder, is_writer=True)) as store:
        yield store, Resolver(running, folder, DNS_UPSTREAM=start_upstream(running))
    running.end()


def save(store, seq):
    store.apply_policies([Saved(7, seq, encode(POLICY))], Cursor(1, seq))


def test_the_embedded_server_tells_what_it_reads_now(host):
    store, resolver = host
    here = {"one": ("127.0.0.1", resolver.port)}
    assert ask_all(7, here) == {"one": Report(0, None)}

    for seq in (41, 42):
        save(store, seq)
        (report,) = ask_all(7, here).values()
        assert report.seq == seq
        assert report.since == clock.now()


def test_who_is_dead_or_talks_nonsense_is_left_out(host):
    store, resolver = host
    save(store, 50)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind(("127.0.0.1", 0))
        asked = {
            "one": ("127.0.0.1", resolver.port),
            "dead": ("127.0.0.1", free_port()),
            "mute": mute.getsockname(),
        }
        found = ask_all(7, asked, patience=1)

    assert found["one"].seq == 50
    assert set(found) == {"one"}


def chaos(port, name, home="127.0.0.1"):
    question = dns.message.make_query(name, "TXT", rdclass="CH")
    return dns.query.udp(question, "127.0.0.1", port=port, source=home, timeout=5)


@pytest.mark.long
def test_dnsdist_tells_what_its_thread_reads_now_and_only_the_portal(tmp_path):
    host = ResolverHost(tmp_path, DNS_ASKING_NETWORKS="127.0.0.0/24")
    try:
        with host.store() as store:
            fill(store, {"127.0.0.1": POLICY, "127.1.0.1": POLICY})
            host.start()
            here = {"one": ("127.0.0.1", host.port), "six": ("::1", host.port)}
            for seq in (70, 71, 2**40):
                save(store, seq)
                found = ask_all(7, here)
                assert found["one"].seq == seq
                assert found["one"].since == clock.now()
            assert ask_all(2**32 - 1, here)["one"] == Report(0, None)
            assert "six" not in found  # ::1 is not of the portal's networks

            assert chaos(host.port, "7.in-force.kabinet").rcode() == dns.rcode.NOERROR
            refused = [("7.in-force.kabinet", "127.1.0.1"), ("version.bind", "127.0.0.1")]
            refused += [("x.in-force.kabinet", "127.0.0.1"), ("in-force.kabinet", "127.0.0.1")]
            for name, home in refused:
                assert chaos(host.port, name, home).rcode() == dns.rcode.REFUSED, name
            assert host.address("casino.com") == "192.0.2.53"
    finally:
        host.end()
