"""How a release of the categories reaches a resolver host: into cat.mdb, beside all saves.

A bucket is written in one transaction: names that changed, names that left, and the bucket itself,
which says what has to leave next time. So a load that ends in the middle, killed or not, goes on
where it was, and what is half loaded is noted as such. It rests often: saves come first.
"""

import logging
import struct
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import lmdb
import psycopg

from portal.parental.categories.buckets import BUCKETS, DamagedError, unpack
from portal.parental.dns.store import Store
from portal.parental.policy import wire_name

log = logging.getLogger(__name__)

POLL = 10.0  # seconds between looks when nothing is told
PATIENCE = 5.0  # the longest wait before the database is tried again
CHANNEL = "categories"
AT_ONCE = 200  # names between two rests
REST = 0.001  # seconds in which the thread that applies saves may go on
SWITCH = 0.0005  # seconds until another thread of the process may go on; Python's own 5 ms add up
_DIGEST = 32
_NUMBER = struct.Struct(">I")
_MASK = struct.Struct("<Q")
_NEWEST = """
    select number, buckets from category_release where number is not null
    order by number desc limit 1
"""
_BLOB = "select blob from category_bucket where digest = %s"
_HELD = """
    insert into category_in_force as f (node, number, loading, changed_at)
    values (%s, %s, %s, clock_timestamp())
    on conflict (node) do update set number = excluded.number, loading = excluded.loading,
        changed_at = excluded.changed_at
        where (f.number, f.loading) is distinct from (excluded.number, excluded.loading)
"""


class CategoryStore:
    """The names of all categories in the store's cat.mdb, by buckets of a release."""

    def __init__(self, store: Store) -> None:
        self._environment, databases = store.opened("cat")
        self._names, self._meta = databases["cat"], databases["meta"]

    def number(self) -> int:
        """Return the number of the release that was loaded last as a whole, 0 before the first."""
        return self._noted(b"release") or 0

    def loading(self) -> int | None:
        """Return the number of the release that is being loaded over it, None if none is."""
        return self._noted(b"loading")

    def digest(self, place: int) -> bytes:
        """Return the digest of what is loaded in a bucket."""
        return self._bucket(place)[:_DIGEST]

    def begin(self, number: int) -> None:
        """Note that a release is being loaded."""
        with self._environment.begin(write=True) as write:
            write.put(b"loading", _NUMBER.pack(number), db=self._meta)

    def load(self, place: int, digest: bytes, blob: bytes) -> None:
        """Let a bucket hold what `blob` says. Raises DamagedError and changes nothing."""
        before = self._bucket(place)
        old = unpack(before[_DIGEST:], before[:_DIGEST]) if before else {}
        changes = _changes(old, unpack(blob, digest))
        with self._environment.begin(write=True) as write:
            for name, mask in _resting(changes):
                if mask:
                    write.put(name, _MASK.pack(mask), db=self._names)
                else:
                    write.delete(name, db=self._names)
            write.put(_place(place), digest + blob, db=self._meta)

    def finish(self, number: int) -> None:
        """Note that all buckets hold this release."""
        with self._environment.begin(write=True) as write:
            write.put(b"release", _NUMBER.pack(number), db=self._meta)
            write.delete(b"loading", db=self._meta)

    def _noted(self, key: bytes) -> int | None:
        found = self._value(key)
        return int(_NUMBER.unpack(found)[0]) if found else None

    def _bucket(self, place: int) -> bytes:
        return self._value(_place(place)) or b""

    def _value(self, key: bytes) -> bytes | None:
        with self._environment.begin() as read:
            found: bytes | None = read.get(key, db=self._meta)
            return found


class CategoryFollower:
    """Follows the releases of the database at `address` into a store, beside the node's saves."""

    def __init__(self, address: str, store: Store, *, name: str) -> None:
        self.address = address
        self.kept = CategoryStore(store)
        self.name = name
        self.stopping = threading.Event()

    def run(self) -> None:
        """Follow until `stop`; a database that goes away is waited for."""
        sys.setswitchinterval(SWITCH)
        while not self.stopping.is_set():
            try:
                with psycopg.connect(self.address, autocommit=True, prepare_threshold=None) as link:
                    self._follow(link)
            except (psycopg.Error, lmdb.Error, DamagedError) as error:  # also: the disk is full
                log.warning("dns.categories_wait reason=%s", error)
                self.stopping.wait(PATIENCE)

    def stop(self) -> None:
        self.stopping.set()

    def _follow(self, link: psycopg.Connection[Any]) -> None:
        link.execute(f"listen {CHANNEL}")
        while not self.stopping.is_set():
            while self.step(link) and not self.stopping.is_set():
                pass  # What was told meanwhile may have gone unheard: look once more.
            _hear(link, self.stopping)

    def step(self, link: psycopg.Connection[Any]) -> int:
        """Load what the newest release has otherwise; return how many buckets that were.

        Raises DamagedError if a bucket is not what the release says.
        """
        newest = link.execute(_NEWEST).fetchone()
        if newest is None or newest[1] is None:
            self._record(link)
            return 0
        number, digests = newest
        wanted = list(enumerate(bytes(digest) for digest in digests))[:BUCKETS]
        other = [(place, digest) for place, digest in wanted if digest != self.kept.digest(place)]
        if other:
            self.kept.begin(number)
            self._record(link)
            if not self._load(link, other):
                return 0
            log.info("dns.categories_loaded release=%s buckets=%s", number, len(other))
        if self.kept.number() != number or self.kept.loading() is not None:
            self.kept.finish(number)
        self._record(link)
        return len(other)

    def _load(self, link: psycopg.Connection[Any], buckets: Iterable[tuple[int, bytes]]) -> bool:
        """Load these; return False if we are to stop, or if the release is no longer kept."""
        for place, digest in buckets:
            row = None if self.stopping.is_set() else link.execute(_BLOB, [digest]).fetchone()
            if row is None:
                return False
            self.kept.load(place, digest, bytes(row[0]))
        return True

    def _record(self, link: psycopg.Connection[Any]) -> None:
        """Tell the portal which release is held here, and which one is being loaded."""
        link.execute(_HELD, [self.name, self.kept.number(), self.kept.loading()])


def _changes(old: dict[str, int], new: dict[str, int]) -> Iterator[tuple[bytes, int]]:
    """Return wire names with their new masks; 0: the name leaves."""
    yield from ((wire_name(name), 0) for name in old.keys() - new.keys())
    yield from ((wire_name(name), mask) for name, mask in new.items() if old.get(name) != mask)


def _resting(changes: Iterable[tuple[bytes, int]]) -> Iterator[tuple[bytes, int]]:
    for count, change in enumerate(changes, start=1):
        yield change
        if count % AT_ONCE == 0:
            time.sleep(REST)


def _place(place: int) -> bytes:
    return b"bucket" + _NUMBER.pack(place)


def _hear(link: psycopg.Connection[Any], stopping: threading.Event) -> None:
    """Wait until somebody releases something, for POLL seconds, or until we are to stop."""
    until = time.monotonic() + POLL
    while time.monotonic() < until and not stopping.is_set():
        for _ in link.notifies(timeout=0.5, stop_after=1):
            return
