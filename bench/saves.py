"""How long a save takes to be in force, and how many saves a node applies."""

import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import dns.message
import dns.query
import psycopg

from bench.households import RULES, policy
from bench.operator import Dnsdist
from portal.parental.dns.closings import Teller
from portal.parental.dns.closings import encode as encode_closing
from portal.parental.dns.node import Node
from portal.parental.dns.store import Cursor, Saved, Store
from portal.parental.policy import OwnRule, Policy, encode
from portal.parental.sites import Action
from portal.parental.verdict import Outcome

PAGE = "192.0.2.53"
_FAR = 1_000_000_000  # policy ids of nobody
_SAVE = "insert into policy_log (policy_id, account_id, blob) values (%s, %s, %s)"


class Saves:
    """Saves of one household, and its device, which asks all servers.

    `home` is (address, policy id, account).
    """

    def __init__(
        self, database: psycopg.Connection, servers: list[Dnsdist], home: tuple[str, int, str]
    ) -> None:
        self.database, self.servers = database, servers
        self.address, self.policy_id, self.account = home

    def until_enforced(self, goes_on: Callable[[int], bool]) -> list[float]:
        """Save while `goes_on` (of how many were saved) says so.

        Return the milliseconds from each commit until every server closed the saved name.
        """
        lengths: list[float] = []
        mark = time.time_ns()
        while goes_on(len(lengths)):
            name = f"n{mark}-{len(lengths)}.kz"
            blob = encode(Policy(rules=(OwnRule(name, Action.BLOCK),)))
            self.database.execute(_SAVE, (self.policy_id, self.account, blob))
            begun = time.perf_counter()
            self.database.commit()
            for server in self.servers:
                self._wait(server, "www." + name)
            lengths.append((time.perf_counter() - begun) * 1000)
            time.sleep(0.02)
        return lengths

    def _wait(self, server: Dnsdist, name: str) -> None:
        question = dns.message.make_query(name, "A", use_edns=False)
        found = ""
        while found != PAGE:
            answer = dns.query.udp(
                question, "127.0.0.1", port=server.port, source=self.address, timeout=5
            )
            found = next((str(rrset[0]) for rrset in answer.answer), "")


@contextmanager
def closings_told(folders: list[Path], households: int) -> Iterator[None]:
    """Tell the nodes of these folders of something closed, household by household, meanwhile.

    20 000 a second: in the two seconds of a batch it is almost as long as a batch may be.
    """
    ended = threading.Event()
    tellers = [Teller(folder) for folder in folders]

    def tell() -> None:
        for number in count():
            told = encode_closing(1 + number % households, Outcome.CATEGORY, 1 << number % 7)
            for teller in tellers:
                teller.tell(told)
            if number % 100 == 0 and ended.wait(0.005):
                return

    thread = threading.Thread(target=tell)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        for teller in tellers:
            teller.close()


def quantile(values: list[float], part: float) -> float:
    return statistics.quantiles(values, n=1000, method="inclusive")[round(part * 1000) - 1]


class Rates:
    """How many saves a second one node applies, from the log into its store."""

    def __init__(self, database: psycopg.Connection, account: str, store: Store) -> None:
        self.database, self.account, self.store = database, account, store
        chance = random.Random(6)  # noqa: S311 - a measurement that can be repeated
        self.blobs = [policy(chance, RULES) for _ in range(20_000)]

    def measure(self, address: str) -> dict[str, float]:
        """Return the rates: with telling the portal one by one and in batches; the store alone."""
        singly = Node(address, self.store, name="rates", batch=1)
        batches = Node(address, self.store, name="rates")
        with singly.connect() as reads:
            singly.prepare(reads)
            self._skip()
            return {
                "apply_singly_per_s": self._followed(singly, reads, 2_000),
                "apply_in_batches_per_s": self._followed(batches, reads, 20_000),
                "store_singly_per_s": self._stored(2_000),
            }

    def _skip(self) -> None:
        """Let the store stand at the end of the log, as after a copy."""
        newest = "select xid::text, seq from {0} order by {0}.xid desc, seq desc limit 1"
        for table, apply in (
            ("policy_log", self.store.apply_policies),
            ("lease", self.store.apply_leases),
        ):
            xid, seq = self.database.execute(newest.format(table).encode()).fetchone() or ("0", 0)
            apply([], Cursor(int(xid), seq))
        self.database.commit()

    def _followed(self, node: Node, reads: psycopg.Connection, count: int) -> float:
        copy = "copy policy_log (policy_id, account_id, blob) from stdin"
        with self.database.cursor() as cursor, cursor.copy(copy) as rows:
            for number, blob in enumerate(self.blobs[:count]):
                rows.write_row((_FAR + number, self.account, blob))
        self.database.commit()
        begun, applied = time.perf_counter(), 0
        while applied < count:
            applied += node.step(reads).applied
        return applied / (time.perf_counter() - begun)

    def _stored(self, count: int) -> float:
        begun = time.perf_counter()
        for number in range(count):
            save = Saved(_FAR + number, 1 << 40, self.blobs[number])
            self.store.apply_policies([save], Cursor(1 << 40, number))
        return count / (time.perf_counter() - begun)
