"""The node counts what the servers of its host closed, and adds it to the database in batches.

Counts are for parents to look at, not for bills: what a killed node had not written yet (WAIT
seconds at most), and what was told while no node listened, is not counted. Nothing is counted
twice: a slice whose commit nobody heard of, because the connection broke, is written again as it
was, and the database knows by its number whether it is in. What was counted dies with the node,
so that no later one repeats it.
"""

import logging
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg

from portal.core import clock, ids
from portal.parental.dns import closings
from portal.parental.dns.closings import Closing
from portal.parental.verdict import Outcome

log = logging.getLogger(__name__)
_K = TypeVar("_K")

ZONE = ZoneInfo("Asia/Almaty")  # whose days are counted
WAIT = 2.0  # seconds between two batches
MOST = 50_000  # of homes, categories and names in a batch; more are dropped and told
MOST_NAMES = 500  # of a home and a day: what makes names up does not fill the log
NO_BIT = -1
SLICE = 500  # rows of a statement: a transaction that writes holds up every save meanwhile

# Says something only if this slice is not in yet; another try at it is waited for.
_NEW = """
    with new as (
        insert into parental_counting as c (run_id, slice, written_at)
        values (%(run_id)s, %(slice)s, clock_timestamp())
        on conflict (run_id) do update
            set slice = excluded.slice, written_at = excluded.written_at
            where c.slice < excluded.slice
        returning slice
    )
"""
_COUNT = """
    insert into parental_count as c (policy_id, day_on, outcome, bit, account_id, times)
    select told.policy_id, day_on, outcome, bit, home.account_id, times
    from unnest(
        %(policy)s::bigint[], %(day)s::date[], %(outcome)s::text[], %(bit)s::smallint[],
        %(times)s::bigint[]
    ) as told (policy_id, day_on, outcome, bit, times)
    join lateral (
        select account_id from policy_log where policy_id = told.policy_id limit 1
    ) as home on true
    where exists (select from new)
    order by told.policy_id, day_on, outcome, bit
    on conflict (policy_id, day_on, outcome, bit) do update set times = c.times + excluded.times
"""
# Who forgets names holds it alone; a statement that waited for it sees what is wanted since then.
_WITH_NAMES = "select pg_advisory_xact_lock_shared(hashtext('blocked_names'))"
_NAME = """
    insert into parental_blocked_name as n
        (policy_id, day_on, name, outcome, bit, account_id, times, last_at)
    with told as (
        select * from unnest(
            %(policy)s::bigint[], %(day)s::date[], %(name)s::text[], %(outcome)s::text[],
            %(bit)s::smallint[], %(times)s::bigint[], %(last_at)s::timestamptz[]
        ) as each (policy_id, day_on, name, outcome, bit, times, last_at)
        where exists (select from new)
    ), wanted as (
        select told.*, home.account_id, n.name is not null as is_known
        from told
        join (select policy_id, account_id, names_since from parental_profile) as home
            using (policy_id)
        left join parental_blocked_name as n using (policy_id, day_on, name)
        where told.last_at >= names_since
    ), numbered as (
        select *, row_number() over (partition by policy_id, day_on, is_known order by name)
            as place
        from wanted
    )
    select policy_id, day_on, name, outcome, bit, account_id, times, last_at
    from numbered
    where is_known or place <= %(most)s - (
        select count(*) from parental_blocked_name as n
        where n.policy_id = numbered.policy_id and n.day_on = numbered.day_on
    )
    order by policy_id, day_on, name
    on conflict (policy_id, day_on, name) do update set
        times = n.times + excluded.times, outcome = excluded.outcome, bit = excluded.bit,
        last_at = greatest(n.last_at, excluded.last_at)
"""

Key = tuple[int, date, Outcome, int]
Columns = dict[str, list[Any]]
Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Slice:
    """Rows that are written together, or not at all; `number` grows with each of a run."""

    run_id: UUID
    number: int
    rows: Columns
    has_names: bool

    @property
    def parameters(self) -> dict[str, Any]:
        return {**self.rows, "run_id": self.run_id, "slice": self.number}


@dataclass
class Batch:
    """What a run of a node heard since the last batch was written.

    `doubtful` is a slice that was given away and of which nobody heard whether it was written.
    """

    counts: Counter[Key] = field(default_factory=Counter)
    names: dict[tuple[int, date, str], tuple[Outcome, int, int, datetime]] = field(
        default_factory=dict
    )
    dropped: int = 0
    doubtful: Slice | None = None
    run_id: UUID = field(default_factory=ids.uuid7)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def add(self, heard: Closing, at: datetime) -> None:
        if len(self.counts) + len(self.names) >= MOST:
            self.dropped += 1
            return
        day, bit = at.astimezone(ZONE).date(), NO_BIT if heard.bit is None else heard.bit
        self.counts[heard.policy_id, day, heard.outcome, bit] += 1
        if heard.name:
            key = heard.policy_id, day, _readable(heard.name)
            times = self.names[key][2] if key in self.names else 0
            self.names[key] = heard.outcome, bit, times + 1, at

    def write(self, put: Callable[[Slice], object]) -> None:
        """Let `put` write all, SLICE rows at a time.

        If it raises, that slice is doubtful and put first the next time, as it is: what is heard
        meanwhile goes into others. All hosts write in one order: nobody deadlocks.
        """
        if self.doubtful:
            self._put(put, self.doubtful)
        for keys in _slices(sorted(self.counts)):
            self._put(put, self._slice(self._counts(keys), has_names=False))
        for names in _slices(sorted(self.names)):
            self._put(put, self._slice(self._names(names), has_names=True))

    def _put(self, put: Callable[[Slice], object], cut: Slice) -> None:
        self.doubtful = cut
        put(cut)
        self.doubtful = None

    def _slice(self, rows: Columns, *, has_names: bool) -> Slice:
        return Slice(self.run_id, next(self.numbers), rows, has_names)

    def _counts(self, keys: list[Key]) -> Columns:
        rows = ((*key, self.counts.pop(key)) for key in keys)
        return _columns(("policy", "day", "outcome", "bit", "times"), rows)

    def _names(self, keys: list[tuple[int, date, str]]) -> Columns:
        rows = ((*key, *self.names.pop(key)) for key in keys)
        return _columns(("policy", "day", "name", "outcome", "bit", "times", "last_at"), rows)

    def __bool__(self) -> bool:
        return bool(self.counts or self.names or self.doubtful)


class Counting:
    """Hears the servers of the host that keeps `folder`, and writes to the database `address`."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address = address
        self.folder = folder
        self.stopping = threading.Event()
        self.batch = Batch()

    def run(self) -> None:
        """Count until `stop`; the last batch is written then."""
        try:
            heard = closings.listen(self.folder)
        except OSError as error:
            log.warning("dns.counts_nothing reason=%s", error)
            return
        with heard:
            while not self.stopping.is_set():
                self.hear(heard, until=clock.monotonic() + WAIT)
                self.write()
            self.hear_rest(heard)
            self.write()

    def stop(self) -> None:
        self.stopping.set()

    def hear(self, heard: socket.socket, *, until: float) -> None:
        """Take what is told until this moment of the monotonic clock, or `stop`."""
        heard.settimeout(0.2)
        while not self.stopping.is_set() and clock.monotonic() < until:
            with suppress(TimeoutError):
                self._add(heard.recv(closings.LONGEST))

    def hear_rest(self, heard: socket.socket) -> None:
        """Take what was told already."""
        heard.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                self._add(heard.recv(closings.LONGEST))

    def _add(self, datagram: bytes) -> None:
        with suppress(ValueError):
            self.batch.add(Closing.decode(datagram), clock.now())

    def write(self) -> None:
        """Add the batch to the database; what fails is kept for the next time.

        Each slice is a transaction of its own, which waits for no disk.
        """
        if not self.batch:
            return
        try:
            with psycopg.connect(
                self.address,
                autocommit=True,
                prepare_threshold=None,
                options="-c synchronous_commit=off",
            ) as connection:
                self.batch.write(partial(_write, connection))
        except psycopg.Error as error:
            log.warning("dns.counts_wait reason=%s", error)
            return
        if self.batch.dropped:
            log.warning("dns.counts_dropped closings=%s", self.batch.dropped)
            self.batch.dropped = 0


def _write(connection: Connection, cut: Slice) -> None:
    """Write a slice in a transaction of its own, unless it is in already."""
    if not cut.has_names:
        connection.execute(_once(_COUNT), cut.parameters)
        return
    with connection.transaction():
        connection.execute(_WITH_NAMES)
        connection.execute(_once(_NAME), {**cut.parameters, "most": MOST_NAMES})


def _once(statement: str) -> bytes:
    """Return this statement, which selects something only if `new` does."""
    return "".join((_NEW, statement)).encode()


def _slices(keys: list[_K]) -> Iterator[list[_K]]:
    for start in range(0, len(keys), SLICE):
        yield keys[start : start + SLICE]


def _columns(names: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Columns:
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}


def _readable(name: str) -> str:
    """Return a name without what neither a page nor the database takes."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)
