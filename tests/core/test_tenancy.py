"""The second lock: row-level security, tried on committed connections as the portal's own role."""

import pytest
from sqlalchemy import func, literal, select, table, text, union_all
from sqlalchemy.orm import Session

from portal.accounts import demo
from portal.core.db import transaction
from portal.laptop.cli import story
from tests.cast import make_account, make_cast, make_membership, make_user
from tests.core import rows
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

# Tables without an account or a person that anybody reads; the lock is on writing.
EVERYBODY_SEES = {
    "outage": "the page of what does not work is public",
    "outage_area": "it says where",
    "outage_promise": "it says until when",
    "outage_broadcast": "and what was told",
    "visit_capacity": "how many visits a district takes on a day decides which times are free",
    "visit_exception": "and so do holidays",
}


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
def test_no_row_of_the_demo_is_seen_by_nobody_or_by_a_stranger(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_story(live, monkeypatch)
    with live.session() as owner:
        stranger, home = make_user(owner, "Stranger"), make_account(owner, "700000001")
        owner.flush()
        make_membership(owner, stranger, home)
        there = protected(owner)
        rows.fill_the_empty(owner, there)
        owner.commit()
        assert [table for table, count in counted(owner, there).items() if not count] == []
        assert not EVERYBODY_SEES.keys() & {row.relname for row in owner.execute(OWNED)}

    with live.session("kabinet_app") as portal:
        nobody = counted(portal, there)
        see = text("select set_config('app.account_id', :home, true)")
        portal.execute(see, {"home": str(home.id)})
        see = text("select set_config('app.user_id', :who, true)")
        portal.execute(see, {"who": str(stranger.id)})
        seen = counted(portal, there)

    own = dict.fromkeys(("account", "membership", "premises", "user_account"), 1)
    assert {table for table, count in nobody.items() if count} == EVERYBODY_SEES.keys()
    assert {table: count for table, count in seen.items() if count} == own | {
        table: nobody[table] for table in EVERYBODY_SEES
    }


def load_story(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Load the demo as the owner, but for its long statistics, which are nobody's."""
    monkeypatch.setenv("PGOPTIONS", "-c search_path=public,jobs")
    with live.app("kabinet_owner").app_context(), transaction():
        people = demo.load()
        for chapter in story(without="figures"):
            chapter.load(people)
    monkeypatch.delenv("PGOPTIONS")


def protected(owner: Session) -> list[str]:
    """Return the tables behind row-level security of which the portal may read anything."""
    query = text(
        "select relname from pg_class where relrowsecurity"
        " and has_any_column_privilege('kabinet_app', oid, 'select') order by relname"
    )
    return list(owner.scalars(query))


def counted(session: Session, tables: list[str]) -> dict[str, int]:
    """Return how many rows of each table are seen, without any WHERE."""
    counts = (
        select(literal(name).label("name"), func.count()).select_from(table(name))
        for name in tables
    )
    return dict(session.execute(union_all(*counts)).all())


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
