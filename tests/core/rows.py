"""A row for any table, by its description in the database alone."""

from sqlalchemy import column, exists, insert, literal_column, select, table, text
from sqlalchemy.orm import Session

# What stands in a column that has to hold something, by its type.
_VALUES = {
    "uuid": "gen_random_uuid()",
    "text": "gen_random_uuid()::text",
    "character varying": "gen_random_uuid()::text",
    "timestamp with time zone": "now()",
    "date": "current_date",
    "boolean": "false",
    "integer": "1",
    "smallint": "1",
    "bigint": "1",
    "numeric": "1",
    "jsonb": "'{}'",
    "bytea": "''",
    "inet": "'127.0.0.1'",
    "cidr": "'127.0.0.0/8'",
    "xid8": "'1'",
}
_COLUMNS = text(
    """
    select a.attname as name, format_type(a.atttypid, null) as type,
        f.confrelid::regclass::text as target, t.attname as key
    from pg_attribute a
    left join pg_constraint f
        on f.conrelid = a.attrelid and f.contype = 'f' and f.conkey = array[a.attnum]
    left join pg_attribute t on t.attrelid = f.confrelid and t.attnum = f.confkey[1]
    where a.attrelid = cast(:table as regclass) and a.attnum > 0 and not a.attisdropped
        and (f.oid is not null or (a.attnotnull and not a.atthasdef))
    """
)
_CHECKS = text(
    "select conname from pg_constraint where contype = 'c' and conrelid = cast(:table as regclass)"
)


def fill_the_empty(owner: Session, tables: list[str]) -> None:
    """Give each table that is empty a row whose keys lead to rows that are there.

    Rules about what a row may say are dropped with it: only for a database that is thrown away.
    """
    for name in tables:
        fill_if_empty(owner, name)


def fill_if_empty(owner: Session, name: str) -> None:
    """Add a row to an empty table, and first to those that it leads to."""
    if owner.scalar(select(exists().select_from(table(name)))):
        return
    for check in owner.scalars(_CHECKS, {"table": name}).all():
        owner.execute(text(f"alter table {name} drop constraint {check}"))
    values = {}
    for each in owner.execute(_COLUMNS, {"table": name}).all():
        if each.target is None:
            values[each.name] = literal_column(_VALUES[each.type])
        elif each.target != name:
            fill_if_empty(owner, each.target)
            key = select(column(each.key)).select_from(table(each.target))
            values[each.name] = key.limit(1).scalar_subquery()
    owner.execute(insert(table(name, *map(column, values))).values(values))
