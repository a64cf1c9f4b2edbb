"""What the migrations make is what the models say, step by step and at once."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from portal import models
from portal.config import ROOT
from portal.laptop import roles
from tests import databases

PARTITION = re.compile(r"event_(\d{4}_\d{2}|default)$")


@pytest.fixture
def urls(admin_url: str) -> Iterator[dict[str, str]]:
    name = f"kabinet_migrations_{uuid4().hex[:8]}"
    databases.drop(admin_url, name)
    yield roles.set_up(admin_url, database=name)
    databases.drop(admin_url, name)


def _revisions() -> list[str]:
    script = ScriptDirectory.from_config(Config(str(ROOT / "alembic.ini")))
    return [each.revision for each in reversed(list(script.walk_revisions()))]


def _difference(connection: Connection) -> list[object]:
    def is_ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or not PARTITION.search(name or "")

    context = MigrationContext.configure(connection, opts={"include_name": is_ours})
    return list(compare_metadata(context, models.metadata))


def test_each_step_can_be_taken_alone_and_the_end_is_what_the_models_say(
    urls: dict[str, str],
) -> None:
    for revision in _revisions():
        databases.migrate(urls[roles.OWNER], revision)

    engine = create_engine(urls[roles.OWNER])
    with engine.connect() as connection:
        difference = _difference(connection)
        at = connection.scalar(text("select version_num from alembic_version"))
    engine.dispose()

    assert difference == []
    assert at == _revisions()[-1]


def test_migrating_again_changes_nothing(urls: dict[str, str]) -> None:
    databases.migrate(urls[roles.OWNER])
    databases.migrate(urls[roles.OWNER])


def test_nothing_belongs_to_a_role_of_a_process(urls: dict[str, str]) -> None:
    databases.migrate(urls[roles.OWNER])

    engine = create_engine(urls[roles.OWNER])
    with engine.connect() as connection:
        owners = set(
            connection.scalars(
                text(
                    "select distinct pg_get_userbyid(relowner) from pg_class c"
                    " join pg_namespace n on n.oid = c.relnamespace"
                    " where n.nspname in ('public', 'jobs')"
                )
            )
        )
    engine.dispose()

    assert owners == {roles.OWNER}
