"""A resolver host from its start: what it does while something of it is missing or dies."""

import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime

import dns.exception
import dns.flags
import dns.rcode
import pytest

from portal.parental.policy import OwnRule, Policy, wire_name
from portal.parental.sites import Action
from tests.databases import ROOT
from tests.live import wait_until
from tests.parental.dnsdist import HOME, LISTS, NOBODY, RULES, ResolverHost, fill
from tests.parental.resolvers import BLOCKED, OPEN

pytestmark = pytest.mark.long


@pytest.fixture
def new_host(tmp_path):
    """Return a function that makes a resolver host; it is ended with the test."""
    hosts = []

    def make(**options):
        hosts.append(ResolverHost(tmp_path, **options))
        return hosts[-1]

    yield make
    for host in hosts:
        host.end()


def test_who_is_not_of_our_networks_is_not_answered(new_host):
    host = new_host(DNS_NETWORKS="127.0.0.0/24")
    with host.store() as store:
        fill(store, {HOME: LISTS})
    host.start()

    assert host.address("casino.com") == BLOCKED["A"]
    with pytest.raises(dns.exception.Timeout):
        host.ask("casino.com", home="127.0.1.1", timeout=0.5)


def test_without_a_store_all_is_open_and_counted_until_the_node_has_made_it(new_host):
    host = new_host()
    host.start()
    assert host.address("casino.com") == OPEN["A"]
    assert host.outcomes() == {"failed_open": 1}
    assert "nothing is filtered" in host.logs()

    host.data.mkdir()
    (host.data / "net.mdb").write_bytes(b"no database at all" * 1000)
    time.sleep(1.2)
    assert host.address("casino.com") == OPEN["A"]

    (host.data / "net.mdb").unlink()
    with host.store() as store:
        fill(store, {HOME: LISTS})
        wait_until(lambda: host.address("casino.com") == BLOCKED["A"], patience=5)


def test_a_store_that_is_made_anew_is_followed(new_host):
    host = new_host()
    with host.store() as store:
        fill(store, {HOME: LISTS})
    host.start()
    for closed in ("first.kz", "second.kz"):
        shutil.rmtree(host.data)
        wait_until(lambda: host.address("casino.com") == OPEN["A"], patience=5)

        with host.store() as store:
            fill(store, {HOME: Policy(rules=(*RULES, OwnRule(closed, Action.BLOCK)))})
        wait_until(lambda: host.address("casino.com") == BLOCKED["A"], patience=5)
        asked = [host.address(closed) for _ in range(20)]  # by whichever thread
        assert asked == [BLOCKED["A"]] * 20
    assert host.processes[-1].poll() is None


def is_servfail(host, home):
    try:
        return host.ask("new.kz", home=home, timeout=1).rcode() == dns.rcode.SERVFAIL
    except dns.exception.Timeout:
        return False


def test_dead_servers_behind_are_servfail_and_closed_names_stay_closed(new_host):
    host = new_host()
    with host.store() as store:
        fill(store, {HOME: LISTS})
    host.configure()
    behind = [host.start_upstream(), host.start_unbound()]
    host.start_dnsdist()
    assert host.address("open.kz") == OPEN["A"]

    for process in behind:
        process.kill()
        process.wait(5)

    wait_until(lambda: is_servfail(host, HOME) and is_servfail(host, NOBODY), patience=20)
    assert host.address("casino.com") == BLOCKED["A"]


def test_a_killed_dnsdist_comes_back(new_host):
    host = new_host()
    with host.store() as store:
        fill(store, {HOME: LISTS})
        host.start()
        for _ in range(3):
            host.processes[-1].kill()
            host.processes[-1].wait(5)
            host.start_dnsdist()

            assert host.address("casino.com") == BLOCKED["A"]
        store.put_categories([(wire_name("adult.example"), 1)])
        assert host.address("adult.example") == BLOCKED["A"]


def test_the_command_says_what_is_missing(tmp_path):
    host = ResolverHost(tmp_path, DNS_UPSTREAM="")
    command = [sys.executable, "-m", "flask", "dns", "dnsdist-config", "--out", str(tmp_path)]
    done = subprocess.run(
        command, env=host.settings, cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "DNS_UPSTREAM is not set" in done.stderr
    assert not (tmp_path / "dnsdist.conf").exists()


def test_the_clock_of_the_tests_is_dnsdists_clock(new_host):
    host = new_host(is_clock_ours=True)
    noon = int(datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp())
    with host.store() as store:
        fill(store, {HOME: Policy(pause_until=noon + 1)})
    host.set_clock(noon)
    host.start()

    assert host.address("any.kz") == BLOCKED["A"]
    host.set_clock(noon + 1)
    assert host.address("any.kz") == OPEN["A"]
