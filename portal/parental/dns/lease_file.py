"""Taking a file of leases: wholly read before anything is written, then in short transactions."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import psycopg

from portal.core import clock
from portal.parental.leases import Lease, LineError, leases

SLICE = 200  # a transaction that writes holds up every save meanwhile
MOST_FAULTS = 20  # are told

_TAKE = """
    select count(*), count(*) filter (
        where take_session(prefix, number, null, null, since, since, false)
    )
    from unnest(%s::cidr[], %s::text[], %s::timestamptz[]) as told (prefix, number, since)
"""


class FaultyFileError(Exception):
    """The file can't be taken, and nothing of it was; the message has the lines."""


def take_file(path: Path, address: str) -> tuple[int, int]:
    """Take the leases of a file into the database `address`; return how many, and how many changed.

    On each address what began last counts, whether a file or RADIUS tells it, and an unknown
    contract makes it nobody's. A run that was killed is simply repeated. Raises FaultyFileError.
    """
    faults = [each for each in _read(path) if isinstance(each, LineError)]
    if faults:
        more = [f"and {len(faults) - MOST_FAULTS} more"] if len(faults) > MOST_FAULTS else []
        raise FaultyFileError("\n".join([*map(str, faults[:MOST_FAULTS]), *more]))
    good = (each for each in _read(path) if isinstance(each, Lease))
    taken = changed = 0
    with psycopg.connect(address, autocommit=True) as connection:
        while part := list(islice(good, SLICE)):
            columns = [list(map(str, column)) for column in zip(*part, strict=True)]
            found = connection.execute(_TAKE, columns).fetchone() or (0, 0)
            taken, changed = taken + found[0], changed + found[1]
    return taken, changed


def _read(path: Path) -> Iterator[Lease | LineError]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        try:
            yield from leases(lines, now=clock.now())
        except UnicodeDecodeError as error:
            raise FaultyFileError(f"{path} is not UTF-8: {error.reason}") from None
