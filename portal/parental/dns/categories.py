"""How a release of the categories reaches a resolver host: into cat.mdb, beside all saves.

Buckets are loaded in rounds. A round notes what it is about to load, writes the names in the order
of their keys, so that each page of the file is written once, in short transactions, and only then
notes the buckets as loaded. So a load that ends in the middle, killed or not, is known: what it may
have written is gone over again, whatever is wanted by then. It rests often: saves come first.
"""

import logging
import struct
import sys
import threading
import time
from heapq import merge
from itertools import islice
from typing import Any

import lmdb
import psycopg

from portal.parental.categories.buckets import BUCKETS, Bucket, DamagedError, unpack
from portal.parental.dns.store import Store
from portal.parental.policy import wire_name

log = logging.getLogger(__name__)

POLL = 10.0  # seconds between looks when nothing is told
PATIENCE = 5.0  # the longest wait before the database is tried again
CHANNEL = "categories"
IN_A_ROUND = 200_000  # names: what is held in memory at a time
AT_ONCE = 4_000  # names in one transaction: each waits for the disk, as saves do
BETWEEN = 200  # names between two rests
REST = 0.001  # seconds in which the thread that applies saves may go on
SWITCH = 0.0005  # seconds until another thread of the process may go on; Python's own 5 ms add up
_DIGEST = 32
_NUMBER = struct.Struct(">I")
_MASK = struct.Struct("<Q")
_BUCKET = b"bucket"
_NEXT = b"next"
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


Loaded = tuple[int, Bucket]


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
        return (self._value(_BUCKET + _NUMBER.pack(place)) or b"")[:_DIGEST]

    def begin(self, number: int) -> None:
        """Note that a release is being loaded."""
        with self._environment.begin(write=True) as write:
            write.put(b"loading", _NUMBER.pack(number), db=self._meta)

    def is_sure(self, place: int) -> bool:
        """Say whether a bucket holds just what its digest says: no round was broken off there."""
        return self._value(_NEXT + _NUMBER.pack(place)) is None

    def changes(self, place: int, wanted: dict[str, int]) -> list[tuple[bytes, int]]:
        """Return what lets a bucket hold `wanted`: wire names with masks, 0 to leave; sorted."""
        held = [self._held(_BUCKET, place), self._held(_NEXT, place)]
        known = [each for each in held if each is not None] or [{}]
        gone = {name for each in known for name in each} - wanted.keys()
        changed = [
            (wire_name(name), mask)
            for name, mask in wanted.items()
            if any(each.get(name) != mask for each in known)
        ]
        return sorted(changed + [(wire_name(name), 0) for name in gone])

    def load(self, buckets: list[Loaded], changes: list[list[tuple[bytes, int]]]) -> None:
        """Let these buckets hold what they say; `changes` are those of each."""
        with self._environment.begin(write=True) as write:
            for place, bucket in buckets:
                write.put(_NEXT + _NUMBER.pack(place), b"".join(bucket), db=self._meta)
        ordered = merge(*changes)  # Sorting all at once would hold the other threads up.
        while some := list(islice(ordered, AT_ONCE)):
            self._write(some)
        with self._environment.begin(write=True) as write:
            for place, bucket in buckets:
                write.put(_BUCKET + _NUMBER.pack(place), b"".join(bucket), db=self._meta)
                write.delete(_NEXT + _NUMBER.pack(place), db=self._meta)

    def _write(self, changes: list[tuple[bytes, int]]) -> None:
        with self._environment.begin(write=True) as write:
            for count, (name, mask) in enumerate(changes, start=1):
                if count % BETWEEN == 0:
                    time.sleep(REST)
                if mask:
                    write.put(name, _MASK.pack(mask), db=self._names)
                else:
                    write.delete(name, db=self._names)

    def finish(self, number: int) -> None:
        """Note that all buckets hold this release."""
        with self._environment.begin(write=True) as write:
            write.put(b"release", _NUMBER.pack(number), db=self._meta)
            write.delete(b"loading", db=self._meta)

    def _noted(self, key: bytes) -> int | None:
        found = self._value(key)
        return int(_NUMBER.unpack(found)[0]) if found else None

    def _held(self, key: bytes, place: int) -> dict[str, int] | None:
        kept = self._value(key + _NUMBER.pack(place))
        return None if kept is None else unpack(kept[_DIGEST:], kept[:_DIGEST])

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
        other = [(place, digest) for place, digest in wanted if not self._holds(place, digest)]
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

    def _holds(self, place: int, digest: bytes) -> bool:
        return self.kept.digest(place) == digest and self.kept.is_sure(place)

    def _load(self, link: psycopg.Connection[Any], wanted: list[tuple[int, bytes]]) -> bool:
        """Load these; return False if we are to stop, or if the release is no longer kept."""
        round_: list[Loaded] = []
        changes: list[list[tuple[bytes, int]]] = []
        for place, digest in wanted:
            row = None if self.stopping.is_set() else link.execute(_BLOB, [digest]).fetchone()
            if row is None:
                return False
            bucket = Bucket(digest, bytes(row[0]))
            changes.append(self.kept.changes(place, unpack(bucket.blob, digest)))
            round_.append((place, bucket))
            time.sleep(REST)
            if sum(map(len, changes)) >= IN_A_ROUND or place == wanted[-1][0]:
                self.kept.load(round_, changes)
                round_, changes = [], []
        return True

    def _record(self, link: psycopg.Connection[Any]) -> None:
        """Tell the portal which release is held here, and which one is being loaded."""
        link.execute(_HELD, [self.name, self.kept.number(), self.kept.loading()])


def _hear(link: psycopg.Connection[Any], stopping: threading.Event) -> None:
    """Wait until somebody releases something, for POLL seconds, or until we are to stop."""
    until = time.monotonic() + POLL
    while time.monotonic() < until and not stopping.is_set():
        for _ in link.notifies(timeout=0.5, stop_after=1):
            return
