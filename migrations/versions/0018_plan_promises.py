"""Let a supervisor plan what is promised, and count how promises are kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.tenancy import protect

revision = "0018_plan_promises"
down_revision = "0017_ask_parents"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _name_authors()
    _freeze_versions()
    _create_plan()
    _create_rebasing()


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
