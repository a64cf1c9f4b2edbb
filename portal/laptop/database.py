"""Bring the database of a laptop to the present: server, roles, tables, demo data."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from sqlalchemy import make_url

from portal.laptop import roles
from portal.laptop.place import LaptopError, Place
from portal.laptop.postgres import Cluster
from portal.laptop.programs import gist

OLDEST_POSTGRES = 150000


def embedded(place: Place) -> Cluster:
    return Cluster(place.var / "postgres")


@contextmanager
def database(place: Place) -> Iterator[dict[str, str]]:
    """Run the database and yield role -> address: our own server, or the one of DATABASE_URL."""
    if foreign := os.environ.get("DATABASE_URL"):
        yield _roles_on(foreign, place)
        return
    if not embedded(place).exists():
        tell(f"Making a database for {place.var}")
    with embedded(place) as cluster:
        yield roles.set_up(cluster.admin_url)


def bring_up(place: Place, environment: Mapping[str, str]) -> None:
    """Run the migrations that are missing and load the demo data into an empty database.

    `environment` is that of the role kabinet_owner. Raises LaptopError if a step fails.
    """
    if _revision(environment["DATABASE_URL"]) != _newest(place):
        tell("Bringing the tables up to date")
        _run(place, environment, "-m", "alembic", "upgrade", "head")
    if _is_empty(environment["DATABASE_URL"]):
        tell("Loading the demo data")
        with_jobs = {**environment, "PGOPTIONS": "-c search_path=public,jobs"}
        _run(place, with_jobs, "-m", "flask", "demo", "load")


def tell(step: str) -> None:
    print(f"· {step} ...", flush=True)


def _roles_on(admin_url: str, place: Place) -> dict[str, str]:
    try:
        address = make_url(admin_url).set(drivername="postgresql")
        with psycopg.connect(address.set(database="postgres").render_as_string(False)) as server:
            if server.info.server_version < OLDEST_POSTGRES:
                raise LaptopError("The PostgreSQL of DATABASE_URL is older than 15.")
        return roles.set_up(admin_url, passwords=place.var / "secrets.json")
    except psycopg.errors.InsufficientPrivilege as error:
        raise LaptopError(
            "The user of DATABASE_URL must be allowed to make roles and databases"
            f" (CREATEROLE, CREATEDB): {_first_line(error)}"
        ) from error
    except psycopg.Error as error:
        raise LaptopError(
            f"The PostgreSQL of DATABASE_URL does not answer: {_first_line(error)}"
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]


def _run(place: Place, environment: Mapping[str, str], *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, *arguments],
        cwd=place.root,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        log = place.var / "run.log"
        log.write_text(done.stdout)
        step = " ".join(arguments[1:])
        raise LaptopError(f"{step} failed: {gist(done.stdout)} (all of it: {log})")


def _newest(place: Place) -> str:
    return max(path.stem for path in (place.root / "migrations" / "versions").glob("0*.py"))


def _revision(url: str) -> str:
    with _connection(url) as connection:
        if connection.execute("select to_regclass('alembic_version')").fetchone() == (None,):
            return ""
        row = connection.execute("select version_num from alembic_version").fetchone()
    return row[0] if row else ""


def _is_empty(url: str) -> bool:
    with _connection(url) as connection:
        return connection.execute("select 1 from account limit 1").fetchone() is None


def _connection(url: str) -> psycopg.Connection:
    return psycopg.connect(
        make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    )
