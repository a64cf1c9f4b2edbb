"""Compare the migrations with the models on a scratch database, or write the next migration.

`python -m deploy.schema check`, `python -m deploy.schema revision add_pause`.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from portal.laptop import roles
from portal.laptop.postgres import Cluster

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ROOT / "migrations" / "versions"


@contextmanager
def scratch_database() -> Iterator[str]:
    """Yield the owner's address of an empty database that is dropped afterwards."""
    name = f"kabinet_schema_{os.getpid()}"
    with Cluster(ROOT / "var" / "test-postgres", durable=False) as cluster:
        try:
            yield roles.set_up(cluster.admin_url, database=name)[roles.OWNER]
        finally:
            admin = make_url(cluster.admin_url).set(drivername="postgresql")
            with psycopg.connect(admin.render_as_string(), autocommit=True) as connection:
                connection.execute(f'drop database "{name}" with (force)')


def alembic(*arguments: str, address: str) -> int:
    environment = {**os.environ, "DATABASE_URL": address, "DATABASE_DIRECT_URL": ""}
    command = [sys.executable, "-m", "alembic", *arguments]
    return subprocess.call(command, cwd=ROOT, env=environment)


def next_number() -> str:
    numbers = [int(path.name[:4]) for path in VERSIONS.glob("[0-9]*.py")]
    return f"{max(numbers) + 1:04}"


def main(what: str, name: str = "") -> int:
    """Check, or write revision `name`: a verb and its object, as add_pause."""
    if what == "revision" and not re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", name):
        sys.exit("Name the migration by a verb and its object: make migration m=add_pause")
    with scratch_database() as address:
        if failed := alembic("upgrade", "head", address=address):
            return failed
        if what == "check":
            return alembic("check", address=address)
        stem = f"{next_number()}_{name}"
        return alembic("revision", "--autogenerate", "--rev-id", stem, "-m", name, address=address)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
