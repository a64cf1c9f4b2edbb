"""Dump the database, and prove that what was restored from the dump is what was dumped.

`python -m deploy.restore_check take SOURCE FOLDER` dumps while the portal runs, and keeps how many
rows each table has, and a hash of them, in the very snapshot that is dumped.
`python -m deploy.restore_check compare FOLDER TARGET` compares the database TARGET with that.
SOURCE and TARGET are addresses of the owner, from whom no row is hidden.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from portal.core.db import conninfo

DUMP, TABLES = "kabinet.dump", "tables.json"
Prints = dict[str, tuple[int, str]]  # by table: its rows, and the sum of their hashes
_SAYS_NOTHING = "public.alembic_version"  # An empty portal has that row, too.
# What a row looks like as text must not depend on who asks; no row may be hidden in silence.
_SETTINGS = """
    set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'iso_8601';
    set extra_float_digits = 1; set bytea_output = 'hex'; set row_security = off
"""
_NAMES = """
    select nspname, relname from pg_class join pg_namespace n on n.oid = relnamespace
    where relkind = 'r' and nspname !~ '^pg_' and nspname <> 'information_schema'
    order by nspname, relname
"""
_PRINT = sql.SQL(
    "select count(*), coalesce(sum(('x' || left(md5(whole_row::text), 16))::bit(64)::bigint), 0)"
    " from {} as whole_row"
)
_OF_LIBPQ = {"dbname": "PGDATABASE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}


def prints_of(connection: psycopg.Connection[Any]) -> Prints:
    """Return rows and hash of each table; partitions are tables of their own."""
    connection.execute(_SETTINGS)
    found = {}
    for schema, name in connection.execute(_NAMES).fetchall():
        query = _PRINT.format(sql.Identifier(schema, name))
        [(rows, total)] = connection.execute(query).fetchall()
        found[f"{schema}.{name}"] = (rows, str(total))
    return found


def take(source: str, folder: Path) -> int:
    """Write the dump and what it holds into a new folder; return how many rows that is."""
    address = conninfo(source)
    folder.mkdir(parents=True, mode=0o700)
    with psycopg.connect(address) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        [(snapshot,)] = connection.execute("select pg_export_snapshot()").fetchall()
        subprocess.run(
            ["pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={folder / DUMP}"],
            env=os.environ | _environment(address),
            check=True,
        )
        told = prints_of(connection)
    (folder / TABLES).write_text(json.dumps(told, indent=1))
    return sum(rows for rows, _ in told.values())


def _environment(address: str) -> dict[str, str]:
    """Return an address as libpq's programs take it where nobody can read the password."""
    parts = conninfo_to_dict(address)
    return {_OF_LIBPQ.get(key, f"PG{key.upper()}"): str(each) for key, each in parts.items()}


def faults(taken: Prints, restored: Prints) -> list[str]:
    """Say in what they differ, a line for each table. A backup of nothing is a fault, too."""
    if not any(rows for name, (rows, _) in taken.items() if name != _SAYS_NOTHING):
        return ["the backup has no row: nothing was compared"]
    names = sorted(taken.keys() | restored.keys())
    return [fault for name in names if (fault := _fault(name, taken, restored))]


def _fault(name: str, taken: Prints, restored: Prints) -> str:
    if name not in restored:
        return f"{name}: not restored"
    if name not in taken:
        return f"{name}: not in the backup"
    (rows, content), (rows_there, content_there) = taken[name], restored[name]
    if rows != rows_there:
        return f"{name}: {rows} rows in the backup, {rows_there} restored"
    return "" if content == content_there else f"{name}: other content in {rows} rows"


def compare(folder: Path, target: str) -> list[str]:
    """Return in what a database differs from what was dumped into this folder."""
    taken = {name: (rows, total) for name, (rows, total) in _read(folder).items()}
    with psycopg.connect(conninfo(target)) as connection:
        return faults(taken, prints_of(connection))


def _read(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / TABLES).read_text())
    return found


def main(arguments: list[str]) -> int:
    match arguments:
        case ["take", source, folder]:
            print(f"{take(source, Path(folder))} rows dumped into {folder}")
            return 0
        case ["compare", folder, target]:
            found = compare(Path(folder), target)
            print("\n".join(found) or "the same rows in every table")
            return 1 if found else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
