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
    """Give an administrator's address: KABINET_TEST_ADMIN_URL, or the embedded PostgreSQL."""
    if given := os.environ.get("KABINET_TEST_ADMIN_URL"):
        yield given
        return
    with Cluster(ROOT / "var/test-postgres", durable=False) as cluster:
        yield cluster.admin_url


def _run(admin_url: str, statement: str) -> None:
    address = make_url(admin_url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(
        address.render_as_string(hide_password=False), autocommit=True
    ) as connection:
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
    name = f"kabinet_template_{uuid4().hex[:10]}"
    urls = roles.set_up(admin_url, database=name)
    migrate(urls[roles.OWNER])
    yield name
    drop(admin_url, name)


@contextmanager
def copy_of(admin_url: str, source: str) -> Iterator[dict[str, str]]:
    """Give the roles' addresses of a fresh copy of `source`; it is dropped at the end."""
    name = f"kabinet_test_{uuid4().hex[:10]}"
    _run(admin_url, f"create database {name} template {source} owner {roles.OWNER}")
    yield roles.set_up(admin_url, database=name) | {"admin": _admin_of(admin_url, name)}
    drop(admin_url, name)


def _admin_of(admin_url: str, name: str) -> str:
    address = make_url(admin_url).set(drivername="postgresql+psycopg", database=name)
    return address.render_as_string(hide_password=False)


def drop(admin_url: str, name: str) -> None:
    """Drop a database, whoever is still connected."""
    _run(admin_url, f"drop database if exists {name} with (force)")
