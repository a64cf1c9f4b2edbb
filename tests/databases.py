"""Databases of the tests: one migrated template, and quick copies of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, make_url

from portal.laptop import roles
from portal.laptop.postgres import Cluster

ROOT = Path(__file__).parent.parent


@contextmanager
def server() -> Iterator[str]:
    """Give an administrator's address of a server that no other worker's transactions hold up.

    KABINET_TEST_ADMIN_URL names a running one; KABINET_TEST_POSTGRES the folder of a PostgreSQL
    whose programs are used instead of the embedded ones.
    """
    if given := os.environ.get("KABINET_TEST_ADMIN_URL"):
        yield given
        return
    named = os.environ.get("KABINET_TEST_POSTGRES")
    installed = Path(named) if named else None
    parts = ("test-postgres", installed and installed.name, os.environ.get("PYTEST_XDIST_WORKER"))
    folder = ROOT / "var" / "-".join(filter(None, parts))
    with Cluster(folder, installed=installed, durable=False) as cluster:
        _drop_orphans(cluster.admin_url)
        yield cluster.admin_url


def _name(kind: str) -> str:
    """Return a new name that says which process made the database."""
    return f"kabinet_{kind}_{os.getpid()}_{uuid4().hex[:8]}"


def _drop_orphans(admin_url: str) -> None:
    """Drop what killed test runs left."""
    with _admin(admin_url) as connection:
        made = connection.execute(
            "select datname, split_part(datname, '_', 3)::int from pg_database"
            " where datname ~ '^kabinet_(template|test)_[0-9]+_[0-9a-f]{8}$'"
        ).fetchall()
    for name, process in made:
        if not _lives(process):
            drop(admin_url, name)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # Somebody else's process lives too.
    return True


def _admin(admin_url: str) -> psycopg.Connection:
    address = make_url(admin_url).set(drivername="postgresql", database="postgres")
    return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)


def _run(admin_url: str, statement: str) -> None:
    with _admin(admin_url) as connection:
        connection.execute(statement.encode())


def migrate(owner_url: str, revision: str = "head") -> None:
    """Bring a database to `revision` as its owner."""
    config = Config(str(ROOT / "alembic.ini"))
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


@contextmanager
def template(admin_url: str) -> Iterator[str]:
    """Give the name of a migrated database that nobody is connected to."""
    name = _name("template")
    urls = roles.set_up(admin_url, database=name)
    migrate(urls[roles.OWNER])
    try:
        yield name
    finally:
        drop(admin_url, name)


@contextmanager
def copy_of(admin_url: str, source: str) -> Iterator[dict[str, str]]:
    """Give the roles' addresses of a fresh copy of `source`; it is dropped at the end."""
    name = _name("test")
    _run(admin_url, f"create database {name} template {source} owner {roles.OWNER}")
    try:
        yield roles.set_up(admin_url, database=name) | {"admin": _admin_of(admin_url, name)}
    finally:
        drop(admin_url, name)


def _admin_of(admin_url: str, name: str) -> str:
    address = make_url(admin_url).set(drivername="postgresql+psycopg", database=name)
    return address.render_as_string(hide_password=False)


def drop(admin_url: str, name: str) -> None:
    """Drop a database, whoever is still connected."""
    _run(admin_url, f"drop database if exists {name} with (force)")
