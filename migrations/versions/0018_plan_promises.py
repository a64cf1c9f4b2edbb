"""Let a supervisor plan what is promised, and count how promises are kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.tenancy import grant_only, protect

revision = "0018_plan_promises"
down_revision = "0017_ask_parents"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_WRITTEN = "select, insert, update, delete"


def upgrade() -> None:
    _name_authors()
    _freeze_versions()
    _create_plan()
    _create_rebasing()
    _create_figures()


def _name_authors() -> None:
    """Say of a version who released it, when, and what changed; of the first ones nobody knows."""
    op.add_column(
        "promise_policy", sa.Column("author_id", sa.Uuid, sa.ForeignKey("user_account.id"))
    )
    op.add_column("promise_policy", sa.Column("released_at", _INSTANT))
    op.add_column("promise_policy", sa.Column("note", sa.String))


def _freeze_versions() -> None:
    """Let nobody change a version that promises were made under, the owner neither."""
    for table in ("sla_calendar", "promise_policy"):
        op.execute(
            f"create trigger only_added before update or delete on {table}"
            " for each row execute function refuse_change()"
        )
        op.execute(
            f"create trigger never_emptied before truncate on {table}"
            " for each statement execute function refuse_change()"
        )


def _create_plan() -> None:
    op.create_table(
        "promise_plan",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column(
            "base_version", sa.Integer, sa.ForeignKey("promise_policy.version"), nullable=False
        ),
        sa.Column("terms", pg.JSONB, nullable=False),
        sa.Column("calendars", pg.JSONB, nullable=False),
        sa.Column("changed_by_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
    )
    protect("promise_plan", app="select, insert, update, delete", worker="")


def _create_rebasing() -> None:
    op.create_table(
        "promise_rebasing",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column(
            "policy_version", sa.Integer, sa.ForeignKey("promise_policy.version"), nullable=False
        ),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("author_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("after_version", sa.Integer, nullable=False),
        sa.Column("after_kind", sa.String, nullable=False),
        sa.Column("after_id", sa.Uuid),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("left", sa.Integer, nullable=False),
        sa.Column("finished_at", _INSTANT),
    )
    op.create_index(
        "uq_promise_rebasing_running",
        "promise_rebasing",
        ["policy_version"],
        unique=True,
        postgresql_where=sa.text("finished_at is null"),
    )
    op.create_index(
        "ix_promise_open_version",
        "promise",
        ["policy_version", "subject_kind", "subject_id"],
        postgresql_where=sa.text('"end" is null'),
    )
    protect("promise_rebasing", worker="select, update")


def _number(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer, nullable=False)


def _create_figures() -> None:
    """Make the tables of what was counted by day: anybody may read them, only the worker counts."""
    op.create_index("ix_promise_event_at", "promise_event", ["at"])
    _by_day(
        "appeal_day",
        ["channel", "kind"],
        *("received", "in_time", "late", "late_open", "replaced", "released", "running"),
    )
    _by_day("answer_day", ["channel", "kind", "minutes"], "number")
    _by_day(
        "promise_day",
        ["channel", "kind"],
        "made",
        "kept",
        "late",
        "replaced",
        "released",
        "running",
    )
    _by_day("rating_day", ["subject_kind", "channel"], "asked", "answered", "good")
    op.create_table(
        "specialist_day",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("day_on", sa.Date, nullable=False),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        *map(_number, ("decided", "in_time")),
        sa.UniqueConstraint("day_on", "user_id", name="uq_specialist_day_day_on_user_id"),
    )
    op.create_index("ix_specialist_day_user_id", "specialist_day", ["user_id"])
    protect("specialist_day", app="select")
    op.create_table(
        "figures_count",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("counted_at", _INSTANT),
    )
    op.execute("insert into figures_count (id) values ('00000000-0000-0000-0000-000000000001')")
    grant_only("figures_count", app="select", worker="select, update")


def _by_day(table: str, keys: list[str], *numbers: str) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("day_on", sa.Date, nullable=False),
        *(
            _number(key) if key == "minutes" else sa.Column(key, sa.String, nullable=False)
            for key in keys
        ),
        *map(_number, numbers),
        sa.UniqueConstraint("day_on", *keys, name="_".join(["uq", table, "day_on", *keys])),
    )
    grant_only(table, app="select", worker=_WRITTEN)
