"""The node of a resolver host: it follows the log and keeps the store up to date.

A cursor follows commits: rows are taken when no older transaction can still commit, in the order
of `(xid, seq)`. Rows and cursor go into the store in one transaction, so that a node which dies at
any moment neither loses nor repeats anything.
Source: architecture.md, "A cursor follows commits, not numbers".
"""

import logging
import threading
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import lmdb
import psycopg

from portal.core import clock
from portal.parental.dns.free_days import keep_free_days
from portal.parental.dns.store import TOKENS, Cursor, Saved, Store, network_key

log = logging.getLogger(__name__)

POLL = 0.5  # seconds between looks when nothing is told
HASTE = 0.005  # seconds, when a commit is near: something older still runs
HEARTBEAT = 2.0
BATCH = 1_000
CHANNEL = "dns"
PATIENCE = 5.0  # the longest wait before the database is tried again

# A bare `order by xid` would be the text that is selected: 1000 before 999, and no index.
_SAVES = """
    select seq, xid::text, policy_id, account_id, blob,
        xid < pg_snapshot_xmin(pg_current_snapshot())
    from policy_log
    where (xid, seq) > (%s::text::xid8, %s) order by policy_log.xid, seq limit %s
"""
_LEASES = """
    select seq, xid::text, prefix, policy_id,
        xid < pg_snapshot_xmin(pg_current_snapshot())
    from lease
    where (xid, seq) > (%s::text::xid8, %s) order by lease.xid, seq limit %s
"""
_DEVICES = """
    select seq, xid::text, token, case when revoked_at is null then policy_id end,
        xid < pg_snapshot_xmin(pg_current_snapshot())
    from parental_device
    where (xid, seq) > (%s::text::xid8, %s) order by parental_device.xid, seq limit %s
"""
_DATABASE = """
    select system_identifier || '/' || oid, pg_snapshot_xmax(pg_current_snapshot())::text
    from pg_control_system(), pg_database where datname = current_database()
"""
_IN_FORCE = """
    insert into policy_in_force as f (node, policy_id, account_id, seq, applied_at)
    select distinct on (policy_id) %s, policy_id, account_id, seq, clock_timestamp()
    from unnest(%s::bigint[], %s::uuid[], %s::bigint[]) as told (policy_id, account_id, seq)
    order by policy_id, seq desc
    on conflict (node, policy_id) do update
        set seq = excluded.seq, account_id = excluded.account_id, applied_at = excluded.applied_at
        where f.seq < excluded.seq
"""
_SEEN = """
    insert into dns_node as n (name, applied_xid, applied_seq, seen_at, answers_at, building_since)
    values (%s, %s::text::xid8, %s, clock_timestamp(), %s, case when %s then clock_timestamp() end)
    on conflict (name) do update set applied_xid = excluded.applied_xid,
        applied_seq = excluded.applied_seq, seen_at = excluded.seen_at,
        answers_at = excluded.answers_at, building_since =
            case when excluded.building_since is not null
                then coalesce(n.building_since, excluded.building_since) end
"""
_BOTH = f"with told as ({_IN_FORCE}) {_SEEN}".encode()  # one statement, one transaction
_BUILT = "select 1 from dns_node where name = %s and building_since is null"
_TOLD = "select applied_xid::text, applied_seq from dns_node where name = %s"
_UNTOLD = """
    select policy_id, account_id, seq, xid::text from policy_log
    where (xid, seq) > (%s::text::xid8, %s) and (xid, seq) <= (%s::text::xid8, %s)
    order by policy_log.xid, seq limit %s
"""


@dataclass(frozen=True)
class Step:
    """What one look found: how much was applied, and whether more is about to come.

    `is_last` says that it came to the end of all logs.
    """

    applied: int
    is_more_near: bool
    is_last: bool


@dataclass(frozen=True)
class Look:
    """Rows that no older transaction can still come before, and whether more wait behind them."""

    rows: list[Any]
    has_more: bool

    @classmethod
    def at(cls, found: list[Any]) -> "Look":
        """Read rows of (seq, xid, ..., is settled), in the order of commits."""
        settled = list(takewhile(lambda row: row[-1], found))
        return cls(settled, len(settled) < len(found))

    @property
    def place(self) -> Cursor:
        """Where the last of the rows stands."""
        return Cursor(int(self.rows[-1][1]), self.rows[-1][0])


class Node:
    """Follows the log of `address` into `store`, under a name that shows in the proof.

    `answers_at`: where the portal may ask the DNS server of this host what is in force.
    """

    def __init__(
        self, address: str, store: Store, *, name: str, answers_at: str = "", batch: int = BATCH
    ) -> None:
        self.address = address
        self.batch = batch
        self.answers_at = answers_at or None
        self.store = store
        self.name = name
        self.is_building = False
        self.stopping = threading.Event()

    def run(self) -> None:
        """Follow until `stop`; a database that goes away is waited for."""
        wait = POLL
        while not self.stopping.is_set():
            try:
                with self.connect() as reads, self.connect() as hears:
                    wait = POLL
                    self._follow(reads, hears)
            except (psycopg.OperationalError, lmdb.Error) as error:  # also: the disk is full
                log.warning("dns.node_waits seconds=%s reason=%s", wait, error)
                self.stopping.wait(wait)
                wait = min(wait * 2, PATIENCE)

    def stop(self) -> None:
        self.stopping.set()

    def connect(self) -> psycopg.Connection[Any]:
        """Return a connection whose commits wait for no disk.

        What a node tells is told again if it is lost. Its transactions are short, as an open one
        holds up what the other nodes may apply.
        """
        options = "-c synchronous_commit=off"
        return psycopg.connect(self.address, autocommit=True, options=options)

    def _follow(self, reads: psycopg.Connection[Any], hears: psycopg.Connection[Any]) -> None:
        hears.execute(f"listen {CHANNEL}")
        self.prepare(reads)
        beat_at = clock.monotonic()
        while not self.stopping.is_set():
            step = self.step(reads)
            if not step.applied:
                _hear(hears, HASTE if step.is_more_near else POLL)
            if clock.monotonic() >= beat_at:
                self._record(reads, [])
                keep_free_days(reads, self.store)
                beat_at = clock.monotonic() + HEARTBEAT

    def prepare(self, reads: psycopg.Connection[Any]) -> None:
        """Begin anew if the store follows another database, and tell what it has applied."""
        database, next_xid = reads.execute(_DATABASE).fetchone() or ("", "0")
        if not self.store.belongs_to(database) or self.store.cursor().xid > int(next_xid):
            log.info("dns.node_starts_over database=%s", database)
            self.store.start_over(database)
            self.is_building = True
        self.is_building |= reads.execute(_BUILT, [self.name]).fetchone() is None
        keep_free_days(reads, self.store)
        while self.tell(reads):
            if self.stopping.is_set():
                return
        self._record(reads, [])

    def tell(self, reads: psycopg.Connection[Any]) -> bool:
        """Tell the portal a batch of what the store has applied already; say if there may be more.

        Each is a short transaction, for which saves need not wait, and the next one, of this
        process or another, goes on where it ended.
        """
        told = reads.execute(_TOLD, [self.name]).fetchone() or ("0", 0)
        place = self.store.cursor()
        limits = [*told, str(place.xid), place.seq, self.batch]
        untold = reads.execute(_UNTOLD, limits).fetchall()
        if untold:
            *_, seq, xid = untold[-1]
            self._record(reads, [row[:3] for row in untold], Cursor(int(xid), seq))
        return len(untold) == self.batch

    def step(self, reads: psycopg.Connection[Any]) -> Step:
        """Apply what has settled since the last time; say whether more is near."""
        saves, leases, devices = self._look(reads)
        if saves.rows:
            self._apply(saves, reads)
        if leases.rows:
            keys = [(network_key(prefix), policy_id) for _, _, prefix, policy_id, _ in leases.rows]
            self.store.apply_leases(keys, leases.place)
        if devices.rows:
            tokens = [(token.encode(), policy_id) for _, _, token, policy_id, _ in devices.rows]
            self.store.apply_tokens(tokens, devices.place)
        counts = [len(look.rows) for look in (saves, leases, devices)]
        is_more_near = any(look.has_more for look in (saves, leases, devices))
        step = Step(sum(counts), is_more_near, is_last=max(counts) < self.batch)
        if self.is_building and step.is_last:
            self.is_building = False
            self._record(reads, [])
        return step

    def _look(self, reads: psycopg.Connection[Any]) -> list[Look]:
        """Ask for new saves, leases and devices in one round trip."""
        wanted = (
            (_SAVES, self.store.cursor()),
            (_LEASES, self.store.cursor("net")),
            (_DEVICES, self.store.cursor("net", TOKENS)),
        )
        with reads.pipeline():
            asked = [
                reads.execute(query.encode(), [str(after.xid), after.seq, self.batch])
                for query, after in wanted
            ]
        return [Look.at(each.fetchall()) for each in asked]

    def _apply(self, saves: Look, reads: psycopg.Connection[Any]) -> None:
        rows = saves.rows
        kept = [Saved(policy_id, seq, blob) for seq, _, policy_id, _, blob, _ in rows]
        self.store.apply_policies(kept, saves.place)
        self._record(reads, [(row[2], row[3], row[0]) for row in rows])
        log.info("dns.applied saves=%s seq=%s", len(rows), rows[-1][0])

    def _record(
        self, reads: psycopg.Connection[Any], saves: list[Any], upto: Cursor | None = None
    ) -> None:
        """Tell the portal what is in force here: rows of (policy_id, account_id, seq)."""
        place = upto or self.store.cursor()
        here = [self.name, str(place.xid), place.seq, self.answers_at, self.is_building]
        if saves:
            columns = [list(column) for column in zip(*saves, strict=True)]
            reads.execute(_BOTH, [self.name, *columns, *here])
        else:
            reads.execute(_SEEN, here)


def _hear(hears: psycopg.Connection[Any], seconds: float) -> None:
    """Wait until somebody commits something for us, or for `seconds`."""
    for _ in hears.notifies(timeout=seconds, stop_after=1):
        pass
