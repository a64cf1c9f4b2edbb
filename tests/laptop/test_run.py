"""`make run` itself: the real command, with all processes, on a folder and ports of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import dns.message
import dns.query
import pytest

from portal.laptop.postgres import Cluster
from tests.databases import ROOT
from tests.live import free_port, wait_until

START_SECONDS = 90.0
READY = "Ctrl-C stops everything."


class Laptop:
    """The command with an environment that no other test shares."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = free_port()
        self.dns_port = free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(var),
            "VAR_DIR": str(var),
            "PORT": str(self.port),
            "DNS_PORT": str(self.dns_port),
            "MAIL_PORT": str(free_port()),
        }

    def command(self, what: str) -> list[str]:
        return [sys.executable, "-m", "portal.laptop", what]

    def call(self, what: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(what),
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self) -> "Run":
        run = Run(self)
        wait_until(lambda: READY in run.said() or run.ended(), START_SECONDS)
        assert READY in run.said(), run.said()
        return run

    def processes(self) -> list[int]:
        """Return the processes of this laptop, by the mark in their environment."""
        mark = f"KABINET_LAPTOP={self.var}".encode()
        return [int(one.name) for one in Path("/proc").glob("[0-9]*") if mark in _environment(one)]

    def process(self, words: str) -> int:
        (found,) = (
            one
            for one in self.processes()
            if words in Path(f"/proc/{one}/cmdline").read_text().replace("\0", " ")
        )
        return found


class Run:
    """One run of the command, and what it says."""

    def __init__(self, laptop: Laptop) -> None:
        self._out = laptop.var.parent / f"run-{free_port()}.txt"
        with self._out.open("wb") as out:
            self.process = subprocess.Popen(
                laptop.command("run"),
                cwd=ROOT,
                env=laptop.environment,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def said(self) -> str:
        return self._out.read_text()

    def ended(self) -> bool:
        return self.process.poll() is not None

    def stop(self, reason: signal.Signals) -> int:
        os.killpg(self.process.pid, reason)
        return self.process.wait(60)


def _environment(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    laptop = Laptop(tmp_path_factory.mktemp("laptop") / "var")
    yield laptop
    for process in laptop.processes():
        os.kill(process, signal.SIGKILL)
    Cluster(laptop.var / "postgres").remove()


pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="needs /proc to see the processes"
)


def test_everything_starts_and_one_ctrl_c_ends_it(laptop: Laptop) -> None:
    run = laptop.start()

    with urlopen(f"http://127.0.0.1:{laptop.port}/readyz", timeout=5) as ready:
        assert ready.read() == b"ready\n"
    question = dns.message.make_query("example.kz", "A")
    assert dns.query.udp(question, "127.0.0.1", port=laptop.dns_port, timeout=5).answer
    assert re.search(rf"http://localhost:{laptop.port}/dev/mailbox", run.said())
    assert re.search(r"\S+@\S+ +\S+", run.said())
    for what in ("run", "reset"):
        refused = laptop.call(what)
        assert refused.returncode == 1
        assert "is running from this folder" in refused.stderr
    assert run.stop(signal.SIGINT) == 0
    assert laptop.processes() == []
    assert not Cluster(laptop.var / "postgres").is_running()


def test_a_second_start_keeps_the_data_and_a_dead_worker_is_told(laptop: Laptop) -> None:
    run = laptop.start()
    assert "demo data" not in run.said()

    os.kill(laptop.process("jobs worker"), signal.SIGKILL)

    assert run.process.wait(60) == 1
    assert "The process “worker” (code -9) ended by itself" in run.said()
    assert laptop.processes() == []
    assert not Cluster(laptop.var / "postgres").is_running()


@pytest.mark.long
def test_what_a_killed_supervisor_leaves_does_not_stop_the_next_start(laptop: Laptop) -> None:
    killed = laptop.start().process
    killed.kill()
    killed.wait()
    assert laptop.processes()

    run = laptop.start()

    assert "Ended what an earlier run had left" in run.said()
    assert run.stop(signal.SIGTERM) == 0
    assert laptop.processes() == []
    assert not Cluster(laptop.var / "postgres").is_running()


def test_a_reset_deletes_the_data(laptop: Laptop) -> None:
    for _once_more in range(2):
        assert laptop.call("reset").returncode == 0

    assert not Cluster(laptop.var / "postgres").exists()
    assert not (laptop.var / "secret-key").exists()
