"""Real resolvers for live tests: the demo's upstream, nodes and embedded servers as processes."""

import socket
import subprocess
from ipaddress import ip_network
from pathlib import Path

import dns.message
import dns.query
from sqlalchemy import text

from tests.live import Live, free_port, wait_until

BLOCKED = {"A": "192.0.2.53", "AAAA": "2001:db8::53"}
OPEN = {"A": "198.51.100.7", "AAAA": "2001:db8::7"}


def is_listening(port: int) -> bool:
    """Say whether somebody answers on TCP; our servers take UDP first."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Resolver:
    """An embedded server on a port of its own."""

    def __init__(self, live: Live, folder: Path, **settings: str) -> None:
        self.port = free_port()
        self.process = live.start(
            "flask", "dns", "serve",
            role="kabinet_dns",
            DNS_DATA_DIR=str(folder),
            DNS_LISTEN=f"127.0.0.1:{self.port}",
            **settings,
        )  # fmt: skip
        wait_until(lambda: is_listening(self.port) or self.process.poll() is not None)

    def ask(self, name, kind="A", *, tcp=False, timeout=5.0, **options):
        """Ask as a device at home, with dnspython."""
        question = dns.message.make_query(name, kind, **options)
        way = dns.query.tcp if tcp else dns.query.udp
        return way(question, "127.0.0.1", port=self.port, timeout=timeout)

    def address(self, name, kind="A", **options):
        """Return the one address of a name, or None."""
        found = [str(item) for rrset in self.ask(name, kind, **options).answer for item in rrset]
        return found[0] if found else None

    def is_closed(self, name):
        return self.address(name) == BLOCKED["A"]


def start_upstream(live: Live) -> str:
    """Start the server that stands for the internet; return its address."""
    at = f"127.0.0.1:{free_port()}"
    process = live.start("flask", "dns", "upstream", DNS_UPSTREAM=at)
    wait_until(lambda: is_listening(int(at.split(":")[1])) or process.poll() is not None)
    return at


def start_node(
    live: Live, folder: Path, name: str = "node-1", *, asked_at: str = ""
) -> subprocess.Popen:
    """Start a node that follows the log into `folder`; its server is asked at `asked_at`."""
    return live.start(
        "flask", "dns", "node", role="kabinet_dns",
        DNS_DATA_DIR=str(folder), DNS_NODE_NAME=name, DNS_ASKED_AT=asked_at,
    )  # fmt: skip


def add_lease(db, account_id, policy_id, prefix="127.0.0.1/32"):
    """Say who is behind an address, as the access network will."""
    statement = text(
        "insert into lease (prefix, account_id, policy_id, from_at) values (:p, :a, :i, now())"
        " on conflict (prefix) do update set account_id = :a, policy_id = :i"
    )
    db.execute(statement, {"p": str(ip_network(prefix)), "a": account_id, "i": policy_id})
