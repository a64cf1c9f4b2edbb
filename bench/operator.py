"""What stands around the measurement: a durable PostgreSQL with all saves, two nodes, dnsdist."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench.households import category_mask, category_name, households
from bench.machine import ALL, OTHERS, SERVERS, pinned
from deploy import tools
from portal.core.db import conninfo
from portal.laptop.postgres import Cluster
from portal.parental.categories.buckets import split
from tests import databases
from tests.live import free_port, wait_until

ROOT = Path(__file__).resolve().parent.parent
_ACCOUNT = """
    insert into account (version, balance, id, number, holder_name, opened_at)
    values (1, 0, '00000000-0000-7000-8000-000000000001', '712034456', 'Bench', now()) returning id
"""
_RELEASE = """
    insert into category_release
        (id, number, base, buckets, counts, difference, blocked, prepared_at, released_at)
    values (gen_random_uuid(), %s, 0, %s, '{}', '{}', '[]', now(), now())
"""


@dataclass
class Operator:
    """Addresses of the database's roles, and a folder for everything; ends what it started."""

    folder: Path
    urls: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def database(self, role: str = "kabinet_owner") -> psycopg.Connection:
        return psycopg.connect(conninfo(self.urls[role]))

    def start(
        self, *command: object, processors: set[int] = ALL, **settings: str
    ) -> subprocess.Popen[bytes]:
        environment = os.environ | _SETTINGS | {"DATABASE_URL": self.urls["kabinet_dns"]} | settings
        name = f"{len(self.processes)}-{Path(str(command[0])).name}.log"
        with (self.folder / name).open("wb") as log:
            process = subprocess.Popen(
                [*pinned(processors), *map(str, command)],
                cwd=ROOT, env=environment, stdout=log, stderr=log,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def flask(self, *command: object, **settings: str) -> subprocess.Popen[bytes]:
        return self.start(sys.executable, "-m", "flask", "dns", *command, **settings)

    def end(self, *processes: subprocess.Popen[bytes]) -> None:
        for process in processes or self.processes:
            process.terminate()
        for process in processes or self.processes:
            process.wait(30)


_SETTINGS = {"DEBUG": "1", "FLASK_APP": "portal.parental.dns.app", "PYTHONPATH": str(ROOT)}


@contextmanager
def operator(folder: Path) -> Iterator[Operator]:
    """Give an operator with an empty, migrated database whose commits survive a power cut."""
    with ExitStack() as stack:
        cluster = stack.enter_context(Cluster(folder / "postgres"))
        name = stack.enter_context(databases.template(cluster.admin_url))
        urls = stack.enter_context(databases.copy_of(cluster.admin_url, name))
        running = Operator(folder, urls)
        try:
            yield running
        finally:
            running.end()


def fill(database: psycopg.Connection, count: int) -> tuple[str, int]:
    """Put all households' saves and leases into the database; return account and last policy id."""
    with database.transaction(), database.cursor() as cursor:
        (account,) = cursor.execute(_ACCOUNT).fetchone() or ("",)
        last, leases = 0, []
        with cursor.copy("copy policy_log (policy_id, account_id, blob) from stdin") as saves:
            for last, address, blob in households(count):
                saves.write_row((last, account, blob))
                leases.append((f"{address}/32", account, last))
        columns = "prefix, account_id, policy_id, from_at"
        with cursor.copy(f"copy lease ({columns}) from stdin") as rows:
            for prefix, owner, policy_id in leases:
                rows.write_row((prefix, owner, policy_id, "now"))
    return str(account), last


def settle(running: Operator) -> None:
    """Let the database be as one that has run for a while: statistics made, all on the disk."""
    with psycopg.connect(conninfo(running.urls["admin"]), autocommit=True) as admin:
        admin.execute("vacuum analyze")
        admin.execute("checkpoint")


def release(database: psycopg.Connection, names: int, number: int = 1) -> None:
    """Release categories with so many names, as a supervisor does."""
    buckets = list(split({category_name(each): category_mask(each) for each in range(names)}))
    with database.transaction(), database.cursor() as cursor:
        insert = "insert into category_bucket values (%s, %s) on conflict do nothing"
        cursor.executemany(insert, buckets)
        cursor.execute(_RELEASE, [number, [bucket.digest for bucket in buckets]])
        cursor.execute("notify categories")


@dataclass
class Dnsdist:
    """A running dnsdist and the processes behind it."""

    port: int
    process: subprocess.Popen[bytes]
    others: list[subprocess.Popen[bytes]]


def start_node(running: Operator, data: Path) -> subprocess.Popen[bytes]:
    """Start a node that follows into the folder `data`, whose name is the node's."""
    return running.flask("node", "--name", data.name, DNS_DATA_DIR=str(data))


def start_dnsdist(running: Operator, data: Path, upstream: int) -> Dnsdist:
    """Start dnsdist and unbound on a store, by the configuration that an operator has."""
    dnsdist, unbound = tools.dns_servers()
    port, metrics, behind = free_port(), free_port(), free_port()
    folder = running.folder / f"conf-{data.name}"
    settings = {
        "DNS_DATA_DIR": str(data),
        "DNS_LISTEN": f"127.0.0.1:{port}",
        "DNS_UPSTREAM": f"127.0.0.1:{upstream}",
    }
    where = ("--metrics", f"127.0.0.1:{metrics}", "--unbound", f"127.0.0.1:{behind}")
    written = running.flask("dnsdist-config", "--out", folder, *where, **settings)
    if written.wait(60):
        raise SystemExit("dnsdist’s configuration was not written")
    others = [running.start(unbound, "-d", "-c", folder / "unbound.conf", processors=OTHERS)]
    wait_until(lambda: is_listening(behind))
    process = _dnsdist(running, dnsdist, folder / "dnsdist.conf", port)
    return Dnsdist(port, process, others)


def start_plain(running: Operator, upstream: int) -> Dnsdist:
    """Start dnsdist as it is without any filter: the same sockets, cache and upstream."""
    program, _ = tools.dns_servers()
    port, configuration = free_port(), running.folder / "plain.conf"
    configuration.write_text(
        f"""
setSecurityPollSuffix('')
setACL({{ '127.0.0.0/8' }})
addLocal('127.0.0.1:{port}', {{ reusePort = true }})
addLocal('127.0.0.1:{port}', {{ reusePort = true }})
newServer({{ address = '127.0.0.1:{upstream}', sockets = 4 }})
getPool(''):setCache(newPacketCache(200000, {{ maxTTL = 60 }}))
"""
    )
    return Dnsdist(port, _dnsdist(running, program, configuration, port), [])


def _dnsdist(running: Operator, program: str, configuration: Path, port: int) -> subprocess.Popen:
    command = (program, "--supervised", "--disable-syslog", "-C", configuration)
    process = running.start(*command, processors=SERVERS)
    wait_until(lambda: is_listening(port))
    return process


def start_unbound_rpz(running: Operator, names: int, upstream: int) -> Dnsdist:
    """Start unbound with the categories' names as one RPZ."""
    _, program = tools.dns_servers()
    port, zone = free_port(), running.folder / "all.rpz"
    with zone.open("w") as file:
        file.write("$TTL 30\n@ SOA all.rpz. admin.all.rpz. 1 3600 600 86400 30\n@ NS all.rpz.\n")
        for number in range(names):
            name = category_name(number)
            file.write(f"{name} CNAME .\n*.{name} CNAME .\n")
    configuration = running.folder / "rpz.conf"
    configuration.write_text(
        f"""
server:
  interface: 127.0.0.1
  port: {port}
  num-threads: 2
  so-reuseport: yes
  do-daemonize: no
  use-syslog: no
  username: ""
  chroot: ""
  directory: "{running.folder}"
  pidfile: ""
  module-config: "respip iterator"
  do-not-query-localhost: no
  msg-cache-size: 64m
  rrset-cache-size: 128m
  access-control: 127.0.0.0/8 allow
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{upstream}
rpz:
  name: "all.rpz"
  zonefile: "{zone}"
"""
    )
    process = running.start(program, "-d", "-c", configuration, processors=SERVERS)
    wait_until(lambda: is_answering(port), 120)
    return Dnsdist(port, process, [])


def start_upstream(running: Operator) -> int:
    port = free_port()
    running.flask("upstream", "--listen", f"127.0.0.1:{port}")
    wait_until(lambda: is_listening(port))
    return port


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_answering(port: int) -> bool:
    """Say whether a question by UDP is answered."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.2)
        client.connect(("127.0.0.1", port))
        try:
            client.send(b"\0\1\1\0\0\1\0\0\0\0\0\0\1a\2kz\0\0\1\0\1")
            return bool(client.recv(512))
        except OSError:
            return False
