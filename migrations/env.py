"""Run migrations as kabinet_owner: DATABASE_URL is that role's address here."""

import os
import re
from typing import Any

from alembic import context
from sqlalchemy import create_engine, text

from portal import models
from portal.config import Settings

LOCK = 0x4B616269  # "Kabi": two migrations never run side by side
PARTITION = re.compile(r"_(\d{4}_\d{2}|default)$")


def _is_ours(name: str | None, kind: str, _parents: dict[str, Any]) -> bool:
    """Pass over the partitions, which `make_partition` makes, and the schema of the jobs."""
    if kind == "schema":
        return name is None
    return not (kind == "table" and PARTITION.search(name or ""))


def _run(connection: Any) -> None:
    connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
    connection.execute(text("set lock_timeout = '1s'"))
    connection.execute(text("set statement_timeout = '5s'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=models.metadata,
        include_name=_is_ours,
        transaction_per_migration=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": LOCK})
    connection.commit()


def _address() -> str:
    return Settings.from_environment({**os.environ, "DEBUG": "1"}).direct_url


if (given := context.config.attributes.get("connection")) is not None:
    _run(given)
else:
    engine = create_engine(_address())
    with engine.connect() as own:
        _run(own)
    engine.dispose()
