"""What a resolver host keeps: three LMDB files that dnsdist and the embedded server map.

| file / db | key | value |
|---|---|---|
| net / net | IPv4 (4 bytes) or the first 7 bytes of IPv6 (/56) | policy id, u32 big-endian |
| net / tok | profile token | policy id |
| net / meta | `cursor`, `tokens` | `(xid, seq)` up to which leases, and tokens, are applied |
| pol / pol | policy id, u32 big-endian | format v2 (policy.py) |
| pol / seq | policy id | the log's seq of that policy, and when it was applied (Unix ms), u64 BE |
| pol / meta | `cursor`, `database`, `free_days` | last applied `(xid, seq)`; whose log; holidays |
| cat / cat | wire name, lower case | u64 little-endian mask of categories and services |
| cat / meta | `release`, `loading`, bucket's number | what is loaded of a release (categories.py) |

Three files, so that a bulk load of categories never delays a save. They are updated in place: a
file that is renamed over another is never noticed by who has it mapped.
Source: parental-control.md, "How it is enforced".
"""

import struct
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Any, NamedTuple

import lmdb

from portal.core import clock
from portal.parental.verdict import FreeDays

MAP_SIZES = {"net": 4 << 30, "pol": 16 << 30, "cat": 4 << 30}  # address space, not disk
DATABASES = {"net": ("net", "tok", "meta"), "pol": ("pol", "seq", "meta"), "cat": ("cat", "meta")}
READERS = 512
TOKENS = b"tokens"
MODE = 0o660  # A resolver of the same group writes into the lock files, as every reader does.
_ID = struct.Struct(">I")
_SEQ = struct.Struct(">Q")
_MASK = struct.Struct("<Q")
_CURSOR = struct.Struct(">QQ")
_KEPT = struct.Struct(">QQ")
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Cursor(NamedTuple):
    """A place in the order of commits: everything up to it is applied."""

    xid: int = 0
    seq: int = 0


class Saved(NamedTuple):
    """A save of a policy; an empty blob takes it away."""

    policy_id: int
    seq: int
    blob: bytes


class Store:
    """The three files in one folder. One process writes, any number reads."""

    def __init__(self, folder: Path, *, is_writer: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._environments: dict[str, Any] = {}
        self._databases: dict[tuple[str, str], Any] = {}
        for name, size in MAP_SIZES.items():
            self._open(name, folder / f"{name}.mdb", size, is_writer=is_writer)

    def _open(self, name: str, path: Path, size: int, *, is_writer: bool) -> None:
        options: Any = {"subdir": False, "map_size": size, "max_dbs": 8, "max_readers": READERS}
        # One sync less for each commit: what a power cut takes, the log brings again.
        options["metasync"] = False
        options["mode"] = MODE
        if not is_writer:
            make = lmdb.open(str(path), **options)  # A reader can't make the databases it reads.
            for database in DATABASES[name]:
                make.open_db(database.encode())
            make.close()
        environment = lmdb.open(str(path), readonly=not is_writer, **options)
        environment.reader_check()
        self._environments[name] = environment
        for database in DATABASES[name]:
            self._databases[name, database] = environment.open_db(database.encode())

    def close(self) -> None:
        for environment in self._environments.values():
            environment.close()

    def policy_id_of(self, address: Address) -> int | None:
        """Return the policy of the home behind an address, None without one."""
        found = self._value("net", "net", network_key(address))
        return _ID.unpack(found)[0] if found else None

    def policy_id_of_token(self, token: bytes) -> int | None:
        """Return the policy that a device's token stands for, None without one."""
        found = self._value("net", "tok", token)
        return _ID.unpack(found)[0] if found else None

    def policy(self, policy_id: int) -> bytes | None:
        """Return the encoded policy, None if nothing is enforced."""
        return self._value("pol", "pol", _ID.pack(policy_id))

    def mask_of(self, name: bytes) -> int:
        """Return the categories of a wire name's own entry, 0 without one."""
        found = self._value("cat", "cat", name)
        return int(_MASK.unpack(found)[0]) if found else 0

    def free_days(self) -> FreeDays:
        return FreeDays.decode(self._value("pol", "meta", b"free_days") or b"")

    def kept_save(self, policy_id: int) -> tuple[int, int]:
        """Return the log's seq of the save that is kept of a policy, and when it was applied.

        In milliseconds of Unix time; zeros without one.
        """
        found = self._value("pol", "seq", _ID.pack(policy_id)) or b""
        seq, applied_at = _KEPT.unpack(found.ljust(_KEPT.size, b"\0"))
        return seq, applied_at

    def cursor(self, file: str = "pol", key: bytes = b"cursor") -> Cursor:
        """Return up to where the log is applied; leases: file `net`; tokens: its key TOKENS."""
        found = self._value(file, "meta", key)
        return Cursor(*_CURSOR.unpack(found)) if found else Cursor()

    def sizes(self) -> dict[str, int]:
        """Return how many homes and policies are kept."""
        return {name: self._count(name, name) for name in ("net", "pol", "cat")}

    def apply_policies(self, saves: Iterable[Saved], cursor: Cursor) -> None:
        """Keep these saves and the cursor behind them, in one transaction.

        A save that is older than what is kept of its policy changes nothing: the order of commits
        is not that of the numbers within one policy.
        """
        now = int(clock.now().timestamp() * 1000)
        with self._environments["pol"].begin(write=True) as write:
            for save in saves:
                self._keep(write, save, now)
            write.put(b"cursor", _CURSOR.pack(*cursor), db=self._databases["pol", "meta"])

    def _keep(self, write: Any, save: Saved, now: int) -> None:
        key = _ID.pack(save.policy_id)
        policies, seqs = self._databases["pol", "pol"], self._databases["pol", "seq"]
        known = write.get(key, db=seqs)
        if known and _SEQ.unpack_from(known)[0] >= save.seq:
            return
        write.put(key, _KEPT.pack(save.seq, now), db=seqs)
        if save.blob:
            write.put(key, save.blob, db=policies)
        else:
            write.delete(key, db=policies)

    def apply_leases(self, leases: Iterable[tuple[bytes, int | None]], cursor: Cursor) -> None:
        """Keep who is behind each network key; None: nobody whom we filter."""
        self._keep_ids("net", leases, b"cursor", cursor)

    def apply_tokens(self, tokens: Iterable[tuple[bytes, int | None]], cursor: Cursor) -> None:
        """Keep whose policy each device's token stands for; None: it means nothing any more."""
        self._keep_ids("tok", tokens, TOKENS, cursor)

    def _keep_ids(
        self, database: str, ids: Iterable[tuple[bytes, int | None]], key: bytes, cursor: Cursor
    ) -> None:
        kept = self._databases["net", database]
        with self._environments["net"].begin(write=True) as write:
            for each, policy_id in ids:
                if policy_id is None:
                    write.delete(each, db=kept)
                else:
                    write.put(each, _ID.pack(policy_id), db=kept)
            write.put(key, _CURSOR.pack(*cursor), db=self._databases["net", "meta"])

    def copy_to(self, folder: Path) -> None:
        """Copy all files as they are at this moment, without holding up who writes or reads.

        Each file is of one moment and holds its own cursor, so a node goes on from the copy. Raises
        FileExistsError if the folder holds a store already; a copy that is cut off is none.
        """
        folder.mkdir(parents=True, exist_ok=True)
        if any((folder / f"{name}.mdb").exists() for name in MAP_SIZES):
            raise FileExistsError(f"{folder} holds a store already")
        for name, environment in self._environments.items():
            part = folder / f"{name}.part"
            part.unlink(missing_ok=True)
            environment.copy(str(part), compact=True)
        for name in MAP_SIZES:
            (folder / f"{name}.part").rename(folder / f"{name}.mdb")
            (folder / f"{name}.mdb").chmod(MODE)

    def opened(self, file: str) -> tuple[Any, dict[str, Any]]:
        """Return a file's LMDB environment and its databases by name."""
        names = DATABASES[file]
        return self._environments[file], {name: self._databases[file, name] for name in names}

    def put_categories(self, masks: Iterable[tuple[bytes, int]]) -> None:
        """Keep the masks of these wire names."""
        with self._environments["cat"].begin(write=True) as write:
            for name, mask in masks:
                write.put(name, _MASK.pack(mask), db=self._databases["cat", "cat"])

    def put_free_days(self, days: FreeDays) -> None:
        """Keep the public holidays, which all schedules share."""
        with self._environments["pol"].begin(write=True) as write:
            write.put(b"free_days", days.encode(), db=self._databases["pol", "meta"])

    def belongs_to(self, database: str) -> bool:
        """Say whether what is kept comes from this database's log."""
        return self._value("pol", "meta", b"database") == database.encode()

    def start_over(self, database: str) -> None:
        """Forget policies and leases and follow the log of `database` from its beginning."""
        for file in ("net", "pol"):
            with self._environments[file].begin(write=True) as write:
                for name in DATABASES[file]:
                    write.drop(self._databases[file, name], delete=False)
                if file == "pol":
                    meta = self._databases["pol", "meta"]
                    write.put(b"database", database.encode(), db=meta)

    def _value(self, file: str, database: str, key: bytes) -> bytes | None:
        with self._environments[file].begin() as read:
            found: bytes | None = read.get(key, db=self._databases[file, database])
            return found

    def _count(self, file: str, database: str) -> int:
        with self._environments[file].begin() as read:
            return int(read.stat(self._databases[file, database])["entries"])


def network_key(address: Address | Network) -> bytes:
    """Return how an address or a home's network is looked up: IPv4 whole, IPv6 by its /56."""
    one = address if isinstance(address, Address) else address.network_address
    if isinstance(one, IPv6Address) and (mapped := one.ipv4_mapped):
        return mapped.packed
    return one.packed if isinstance(one, IPv4Address) else one.packed[:7]
