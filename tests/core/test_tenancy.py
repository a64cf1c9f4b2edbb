"""The second lock: row-level security, tried on committed connections as the portal's own role."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.cast import make_cast
from tests.live import Live

OWNED = text(
    """
    select c.relname, c.relrowsecurity, pg_get_userbyid(c.relowner) as owner
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and exists (
        select 1 from pg_attribute a where a.attrelid = c.oid and not a.attisdropped
        and a.attname in ('account_id', 'user_id'))
    order by c.relname
    """
)


def test_every_table_of_an_account_or_a_person_is_protected(db: Session) -> None:
    tables = db.execute(OWNED).all()

    assert len(tables) > 10
    assert [each.relname for each in tables if not each.relrowsecurity] == []
    assert {each.owner for each in tables} == {"kabinet_owner"}


def test_no_role_of_a_process_can_pass_by_the_lock(db: Session) -> None:
    roles = db.execute(
        text(
            "select rolname, rolsuper, rolbypassrls from pg_roles"
            " where rolname in ('kabinet_app', 'kabinet_worker', 'kabinet_dns')"
        )
    ).all()

    assert len(roles) == 3
    assert not any(role.rolsuper or role.rolbypassrls for role in roles)


def _protected(live: Live) -> list[str]:
    with live.session() as owner:
        return [row.relname for row in owner.execute(OWNED) if "audit_event_" not in row.relname]


@pytest.mark.live
def test_the_portal_sees_no_foreign_row_even_without_a_where(live: Live) -> None:
    with live.session() as owner:
        people = make_cast(owner)
    alice, bob = people["alice"], people["bob"]

    with live.session("kabinet_app") as portal:
        nothing = portal.scalars(text("select count(*) from account")).one()
        portal.execute(
            text("select set_config('app.account_id', :id, true)"), {"id": str(alice.account_id)}
        )
        seen = portal.scalars(text("select id from account")).all()
        guests = portal.scalars(text("select user_id from membership")).all()
    with live.session() as owner:
        there = owner.scalars(text("select id from account")).all()

    assert bob.account_id in there
    assert nothing == 0
    assert seen == [alice.account_id]
    assert bob.id not in guests


@pytest.mark.live
def test_without_a_name_every_protected_table_is_empty(live: Live) -> None:
    with live.session() as owner:
        make_cast(owner)

    with live.session("kabinet_app") as portal:
        seen = {
            table: portal.scalar(text(f"select count(*) from {table}"))  # noqa: S608 - from the catalogue
            for table in _protected(live)
            if portal.scalar(text("select has_table_privilege(:table, 'select')"), {"table": table})
        }

    assert seen
    assert {table: count for table, count in seen.items() if count} == {}


@pytest.mark.live
def test_the_name_ends_with_the_transaction(live: Live) -> None:
    with live.session() as owner:
        alice = make_cast(owner)["alice"]

    with live.engine("kabinet_app").connect() as connection:
        connection.execute(
            text("select set_config('app.account_id', :id, true)"), {"id": str(alice.account_id)}
        )
        connection.commit()
        after = connection.scalar(text("select count(*) from account"))

    assert after == 0


@pytest.mark.live
def test_the_audit_can_only_grow(live: Live) -> None:
    with live.session("kabinet_app") as portal:
        rights = portal.execute(
            text(
                "select has_table_privilege('audit_event', 'insert') as adds,"
                " has_table_privilege('audit_event', 'update') as changes,"
                " has_table_privilege('audit_event', 'delete') as deletes,"
                " has_table_privilege('audit_event', 'truncate') as empties"
            )
        ).one()

    assert rights.adds
    assert not any((rights.changes, rights.deletes, rights.empties))
