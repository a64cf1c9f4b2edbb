"""The database and its four login roles: who owns the tables, and who may only use them."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

OWNER = "kabinet_owner"
APP = "kabinet_app"
WORKER = "kabinet_worker"
DNS = "kabinet_dns"
ROLES = (OWNER, APP, WORKER, DNS)

DEFAULT_DATABASE = "kabinet"
MAINTENANCE_DATABASES = ("", "postgres", "template1")
LOCK = 4_101_975  # any number of our own: one process at a time creates roles

# Source: security-checklist.md, 35; times in PostgreSQL's notation.
SETTINGS: Mapping[str, Mapping[str, str]] = {
    APP: {
        "search_path": "public, jobs",
        "statement_timeout": "5s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "15s",
    },
    WORKER: {
        "search_path": "public, jobs",
        "statement_timeout": "60s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "60s",
    },
    DNS: {"statement_timeout": "60s", "idle_in_transaction_session_timeout": "15s"},
}


def set_up(
    admin_url: str, *, database: str | None = None, passwords: Path | None = None
) -> dict[str, str]:
    """Make the roles and their database where they are missing; return role -> SQLAlchemy address.

    `admin_url` belongs to a user who may create roles and databases. The database is `database`, or
    the one that `admin_url` names unless that is a maintenance database, or `kabinet`. `passwords`
    is the file that keeps the roles' passwords (made here, readable by its owner only); without it
    the server must trust its socket. Repeating it changes nothing.
    """
    admin = make_url(admin_url)
    name = database or _database_of(admin)
    known = _passwords(passwords)
    with psycopg.connect(_plain(admin, "postgres"), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        for role in ROLES:
            _make_role(connection, role, known.get(role))
        _make_database(connection, name)
    return {role: _address(admin, role, known.get(role), name) for role in ROLES}


def _database_of(admin: URL) -> str:
    named = admin.database or ""
    return DEFAULT_DATABASE if named in MAINTENANCE_DATABASES else named


def _passwords(file: Path | None) -> dict[str, str]:
    if file is None:
        return {}
    if not file.exists():
        made = {role: secrets.token_urlsafe(24) for role in ROLES}
        with open(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as target:
            json.dump(made, target)
    known: dict[str, str] = json.loads(file.read_text())
    return known


def _make_role(connection: psycopg.Connection, role: str, password: str | None) -> None:
    named = sql.Identifier(role)
    if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(named))
    if password:
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(named, sql.Literal(password))
        )
    for setting, value in SETTINGS.get(role, {}).items():
        values = sql.SQL(", ").join(sql.Literal(part) for part in value.split(", "))
        connection.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(named, sql.Identifier(setting), values)
        )


def _make_database(connection: psycopg.Connection, name: str) -> None:
    database, owner = sql.Identifier(name), sql.Identifier(OWNER)
    if not _is_superuser(connection):  # Only a member may give something to the owner.
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(owner))
    if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                database, owner
            )
        )
    owned = "SELECT 1 FROM pg_database WHERE datname = %s AND datdba = %s::regrole"
    if not _exists(connection, owned, name, OWNER):
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(database, owner))
    roles = sql.SQL(", ").join(map(sql.Identifier, ROLES))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, roles))


def _is_superuser(connection: psycopg.Connection) -> bool:
    return _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = current_user AND rolsuper")


def _exists(connection: psycopg.Connection, query: str, *values: str) -> bool:
    return connection.execute(query.encode(), values).fetchone() is not None


def _plain(admin: URL, database: str) -> str:
    """Return the address as libpq reads it."""
    plain = admin.set(drivername="postgresql", database=database)
    return plain.render_as_string(hide_password=False)


def _address(admin: URL, role: str, password: str | None, database: str) -> str:
    own = admin.set(
        drivername="postgresql+psycopg", username=role, password=password, database=database
    )
    return own.render_as_string(hide_password=False)
