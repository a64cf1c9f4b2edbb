"""`make dns`: dnsdist on the store of a demo that runs."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import dns.message
import dns.query
import pytest

from deploy import tools
from portal.parental.dns.store import Store
from portal.parental.policy import OwnRule, Policy
from portal.parental.sites import Action
from tests.databases import ROOT
from tests.live import free_port, wait_until
from tests.parental.dnsdist import fill, needed
from tests.parental.resolvers import BLOCKED, is_listening

pytestmark = pytest.mark.long


@pytest.fixture
def demo(tmp_path):
    """Give what `make run` leaves for the resolvers: a folder, a store and the ports."""
    needed(tools.dns_servers)
    with closing(Store(tmp_path / "dns", is_writer=True)) as store:
        fill(store, {"127.0.0.1": Policy(rules=(OwnRule("roblox.com", Action.BLOCK),))})
    return os.environ | {"VAR_DIR": str(tmp_path), "DNS_PORT": str(free_port()), "DNS_UPSTREAM": ""}


def start(demo, *command, **options):
    return subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=demo, **options)


def test_it_answers_beside_the_demo_and_stops_as_a_whole(demo):
    port = int(demo["DNS_PORT"])
    listen = f"127.0.0.1:{port + 1}"
    settings = {"DEBUG": "1", "DATABASE_URL": "postgresql://nowhere/none"}
    app = ("flask", "--app", "portal.parental.dns.app", "dns", "upstream", "--listen", listen)
    upstream = start(demo | settings, *app)
    wait_until(lambda: is_listening(port + 1))
    running = start(demo, "deploy.dns")
    try:
        wait_until(lambda: is_listening(port + 10) and is_listening(port + 11))
        question = dns.message.make_query("www.roblox.com", "A")
        answer = dns.query.udp(question, "127.0.0.1", port=port + 10, timeout=5)
        assert str(answer.answer[0][0]) == BLOCKED["A"]

        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0
        assert not is_listening(port + 10)
        assert not is_listening(port + 11)
    finally:
        for process in (running, upstream):
            process.kill()
            process.wait(5)


def test_without_the_demo_it_says_what_to_do(demo):
    said = start(demo, "deploy.dns", stdout=subprocess.PIPE)
    words, _ = said.communicate(timeout=20)

    assert said.returncode == 1
    assert "make run" in words.decode()
    assert not (Path(demo["VAR_DIR"]) / "dnsdist").exists()
