"""The node counts what the servers of its host closed, and adds it to the database in batches.

Counts are for parents to look at, not for bills: what a killed node had not written yet (WAIT
seconds at most), and what was told while no node listened, is not counted.
"""

import logging
import socket
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from portal.core import clock
from portal.parental.dns import closings
from portal.parental.dns.closings import Closing
from portal.parental.verdict import Outcome

log = logging.getLogger(__name__)

ZONE = ZoneInfo("Asia/Almaty")  # whose days are counted
WAIT = 2.0  # seconds between two batches
MOST = 50_000  # of homes, categories and names in a batch; more are dropped and told
MOST_NAMES = 500  # of a home and a day: what makes names up does not fill the log
NO_BIT = -1

_COUNT = """
    insert into parental_count as c (policy_id, day_on, outcome, bit, account_id, times)
    select %(policy)s, %(day)s, %(outcome)s, %(bit)s, account_id, %(times)s
    from (select account_id from policy_log where policy_id = %(policy)s limit 1) as home
    on conflict (policy_id, day_on, outcome, bit) do update set times = c.times + excluded.times
"""
_NAME = """
    insert into parental_blocked_name as n
        (policy_id, day_on, name, outcome, bit, account_id, times, last_at)
    select %(policy)s, %(day)s, %(name)s::text, %(outcome)s, %(bit)s, account_id, %(times)s,
        %(last_at)s
    from (select account_id from policy_log where policy_id = %(policy)s limit 1) as home
    where (
        select count(*) from parental_blocked_name
        where policy_id = %(policy)s and day_on = %(day)s
    ) < %(most)s or exists (
        select from parental_blocked_name
        where policy_id = %(policy)s and day_on = %(day)s and name = %(name)s::text
    )
    on conflict (policy_id, day_on, name) do update set
        times = n.times + excluded.times, outcome = excluded.outcome, bit = excluded.bit,
        last_at = greatest(n.last_at, excluded.last_at)
"""

Key = tuple[int, date, Outcome, int]


@dataclass
class Batch:
    """What was heard since the last batch was written."""

    counts: Counter[Key] = field(default_factory=Counter)
    names: dict[tuple[int, date, str], tuple[Outcome, int, int, datetime]] = field(
        default_factory=dict
    )
    dropped: int = 0

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

    def rows(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return what to add to counts and names, in one order on all hosts: nobody deadlocks."""
        counts = [
            {"policy": policy, "day": day, "outcome": outcome, "bit": bit, "times": times}
            for (policy, day, outcome, bit), times in sorted(self.counts.items())
        ]
        names = [
            {"policy": policy, "day": day, "name": name}
            | {"outcome": outcome, "bit": bit, "times": times, "last_at": at, "most": MOST_NAMES}
            for (policy, day, name), (outcome, bit, times, at) in sorted(self.names.items())
        ]
        return counts, names

    def __bool__(self) -> bool:
        return bool(self.counts)


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
        """Add the batch to the database; if that fails it is kept for the next time."""
        if not self.batch:
            return
        counts, names = self.batch.rows()
        try:
            with (
                psycopg.connect(self.address, prepare_threshold=None) as connection,
                connection.cursor() as cursor,
            ):
                cursor.executemany(_COUNT, counts)
                cursor.executemany(_NAME, names)
        except psycopg.Error as error:
            log.warning("dns.counts_wait reason=%s", error)
            return
        if self.batch.dropped:
            log.warning("dns.counts_dropped closings=%s", self.batch.dropped)
        self.batch = Batch()


def _readable(name: str) -> str:
    """Return a name without what neither a page nor the database takes."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)
