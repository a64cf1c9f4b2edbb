"""A resolver host as an operator has it: real dnsdist and unbound on free ports, our store."""

import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import dns.message
import dns.query
import pytest

from deploy import tools
from portal.parental.dns.store import Cursor, Saved, Store, network_key
from portal.parental.policy import OwnRule, Policy, encode
from portal.parental.sites import Action
from tests.databases import ROOT
from tests.live import free_port, wait_until
from tests.parental.resolvers import is_listening

_COUNTS = re.compile(r'^kabinet_dns_questions_total\{outcome="(\w+)"\} (\d+)$', re.MULTILINE)

# Two filtered homes, and one that is nobody’s; what the first one closes and opens.
HOME, OTHER, NOBODY = "127.0.0.1", "127.0.7.7", "127.0.9.9"
RULES = (
    OwnRule("casino.com", Action.BLOCK),
    OwnRule("good.casino.com", Action.ALLOW),
    OwnRule("xn--80aau21bd.xn--80ao21a", Action.BLOCK),
    OwnRule("egov.kz", Action.BLOCK),
)
LISTS = Policy(rules=RULES, categories=1)


def needed(bring):
    """Return what `bring` of deploy/tools.py finds, or skip with its sentence."""
    try:
        return bring()
    except tools.MissingToolError as missing:
        pytest.skip(str(missing))


class ResolverHost:
    """dnsdist behind which unbound stands, behind which the demo's upstream stands."""

    def __init__(self, folder: Path, *, is_clock_ours: bool = False, **settings: str) -> None:
        self.folder, self.data = folder, folder / "dns"
        self.dnsdist_program, self.unbound_program = needed(tools.dns_servers)
        self.port, self.metrics, self.unbound = free_port(), free_port(), free_port()
        self.upstream = free_port()
        self.processes: list[subprocess.Popen] = []
        self.clock = folder / "clock"
        self.preload = needed(tools.faketime) if is_clock_ours else ""
        self.settings = {
            "DEBUG": "1",
            "DATABASE_URL": "postgresql://nobody@localhost:1/none",
            "FLASK_APP": "portal.parental.dns.app",
            "PYTHONPATH": str(ROOT),
            "DNS_DATA_DIR": str(self.data),
            "DNS_UPSTREAM": f"127.0.0.1:{self.upstream}",
            "DNS_LISTEN": f"127.0.0.1:{self.port},[::1]:{self.port}",
        } | settings

    def start(self) -> None:
        self.configure()
        self.start_upstream()
        self.start_unbound()
        self.start_dnsdist()

    def configure(self) -> None:
        """Write the configuration with the command that an operator uses."""
        command = [
            *(
                sys.executable,
                "-m",
                "flask",
                "dns",
                "dnsdist-config",
                "--out",
                self.folder / "conf",
            ),
            *("--metrics", f"127.0.0.1:{self.metrics}", "--unbound", f"127.0.0.1:{self.unbound}"),
        ]
        subprocess.run(command, env=os.environ | self.settings, cwd=ROOT, check=True)

    def start_upstream(self) -> subprocess.Popen:
        process = self._start(sys.executable, "-m", "flask", "dns", "upstream")
        wait_until(lambda: is_listening(self.upstream))
        return process

    def start_unbound(self) -> subprocess.Popen:
        process = self._start(self.unbound_program, "-d", "-c", self.folder / "conf/unbound.conf")
        wait_until(lambda: is_listening(self.unbound))
        return process

    def start_dnsdist(self) -> subprocess.Popen:
        faked = {
            "LD_PRELOAD": self.preload,
            "FAKETIME_TIMESTAMP_FILE": str(self.clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "TZ": "UTC",
        }
        configuration = self.folder / "conf/dnsdist.conf"
        process = self._start(
            *(self.dnsdist_program, "--supervised", "--disable-syslog", "-C", configuration),
            **(faked if self.preload else {}),
        )
        wait_until(lambda: is_listening(self.metrics) and is_listening(self.port))
        return process

    def _start(self, *command: object, **more: str) -> subprocess.Popen:
        name = f"{len(self.processes)}-{Path(str(command[0])).name}.log"
        with (self.folder / name).open("wb") as log:
            process = subprocess.Popen(
                [str(part) for part in command],
                env=os.environ | self.settings | more, cwd=ROOT, stdout=log, stderr=log,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def end(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)

    def logs(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def store(self):
        """Return the store of this host, as its node writes it."""
        return closing(Store(self.data, is_writer=True))

    def set_clock(self, moment: int) -> None:
        """Let dnsdist's clock stand at this Unix second."""
        unfinished = self.clock.with_suffix(".part")
        unfinished.write_text(f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S}\n")
        unfinished.replace(self.clock)

    def ask(self, name, kind="A", *, home="127.0.0.1", tcp=False, timeout=5.0, **options):
        """Ask as a device behind the address `home`."""
        question = dns.message.make_query(name, kind, **options)
        way = dns.query.tcp if tcp else dns.query.udp
        to = "::1" if ":" in home else "127.0.0.1"
        return way(question, to, port=self.port, source=home, timeout=timeout)

    def address(self, name, kind="A", **options):
        """Return the last address of a name, or None."""
        found = [str(item) for rrset in self.ask(name, kind, **options).answer for item in rrset]
        return found[-1] if found else None

    def outcomes(self) -> Counter:
        """Return how often each outcome was counted; the answers that we got are counted."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/jsonstat", timeout=5) as page:
            text = page.read().decode()
        return Counter({name: int(count) for name, count in _COUNTS.findall(text) if count != "0"})

    def ask_all(self, home: str, questions: list[tuple[str, str]]) -> list[dns.message.Message]:
        """Ask (name, type) as fast as a home may, in bursts; return the answers in their order.

        Raises TimeoutError if one is not answered: nothing is asked twice, for the counters' sake.
        """
        answers: dict[int, dns.message.Message] = {}
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.bind((home, 0))
            client.settimeout(10)
            for start in range(0, len(questions), 25):
                burst = range(start, min(start + 25, len(questions)))
                for number in burst:
                    name, kind = questions[number]
                    message = dns.message.make_query(name, kind, id=number, use_edns=0)
                    client.sendto(message.to_wire(), ("127.0.0.1", self.port))
                for _ in burst:
                    answer = dns.message.from_wire(client.recv(4096))
                    answers[answer.id] = answer
        return [answers[number] for number in range(len(questions))]


def fill(store: Store, homes: dict, *, free_days=None) -> None:
    """Keep these policies (Policy or bytes, by the address of their home) and nothing else."""
    store.start_over("test")
    numbered = list(enumerate(homes.items(), 1))
    blobs = {
        number: policy if isinstance(policy, bytes) else encode(policy)
        for number, (_, policy) in numbered
    }
    store.apply_policies([Saved(n, n, blob) for n, blob in blobs.items()], Cursor(1, 1))
    leases = [(network_key(ip_address(home)), number) for number, (home, _) in numbered]
    store.apply_leases(leases, Cursor(1, 1))
    if free_days is not None:
        store.put_free_days(free_days)
