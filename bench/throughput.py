"""How many questions a second: filtered and not, in slices that take turns."""

import subprocess
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

import dns.message
import dns.query

from bench.machine import OTHERS, cpu_seconds, pinned
from bench.operator import Dnsdist

WINDOW = 256


@dataclass
class Measured:
    """Answers, processor seconds of the server, and seconds, summed over slices."""

    answers: int = 0
    closed: int = 0
    lost: int = 0
    cpu: float = 0
    seconds: float = 0

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds

    @property
    def per_cpu_second(self) -> float:
        """What one processor answers in a second that it has for the server alone."""
        return self.answers / self.cpu

    @property
    def cpu_us(self) -> float:
        return self.cpu / self.answers * 1e6

    @property
    def closed_share(self) -> float:
        return self.closed / self.answers


@dataclass(frozen=True)
class Slice:
    """Who is asked, and by which sources."""

    server: Dnsdist
    first: IPv4Address
    sources: int


@dataclass(frozen=True)
class Load:
    """The load generator, the names that it asks, and how long and often each slice is asked."""

    program: Path
    names: Path
    rounds: int
    seconds: float

    def measure(self, slices: dict[str, Slice]) -> dict[str, Measured]:
        """Ask each slice in turn; return the sums by name."""
        found = {name: Measured() for name in slices}
        for _ in range(self.rounds):
            for name, each in slices.items():
                warm(each, self.names)
                self._add(found[name], each)
        return found

    def _add(self, total: Measured, each: Slice) -> None:
        before = cpu_seconds(each.server.process.pid)
        command = (
            *(self.program, each.server.port, self.seconds, each.first, each.sources),
            *(WINDOW, self.names),
        )
        done = subprocess.run(
            [*pinned(OTHERS), *map(str, command)], capture_output=True, text=True, check=True
        )
        answers, closed, lost = (int(part) for part in done.stdout.split())
        total.answers += answers
        total.closed += closed
        total.lost += lost
        total.cpu += cpu_seconds(each.server.process.pid) - before
        total.seconds += self.seconds


def warm(each: Slice, names: Path) -> None:
    """Ask each name once, so that the caches hold it; again, so that all threads do."""
    for number, name in enumerate(names.read_text().splitlines()):
        source = each.first + number % each.sources
        question = dns.message.make_query(name, "A", use_edns=False)
        dns.query.udp(question, "127.0.0.1", port=each.server.port, source=str(source), timeout=5)
