"""Give profiles settings, windows and versions.

Rules that were there before stand from version 0 on; those that were removed were never in one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.tenancy import protect

revision = "0013_deepen_profiles"
down_revision = "0012_take_accounting"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _deepen_profiles()
    _deepen_rules()
    _create_versions()


def _deepen_profiles() -> None:
    for column in ("bonus_until", "removed_at"):
        op.add_column("parental_profile", sa.Column(column, _INSTANT))
    op.add_column("parental_profile", sa.Column("preset", sa.String))
    _add("parental_profile", "settings", pg.JSONB, "{}")
    _add("parental_profile", "last_version", sa.Integer, "0")


def _deepen_rules() -> None:
    _add("parental_rule", "in_windows", sa.Boolean, "false")
    _add("parental_rule", "added_in", sa.Integer, "0")
    op.add_column("parental_rule", sa.Column("removed_in", sa.Integer))
    op.execute("update parental_rule set removed_in = 0 where removed_at is not null")
    op.create_check_constraint(
        "ck_parental_rule_removed_is_whole",
        "parental_rule",
        "(removed_at is null) = (removed_in is null)",
    )
    op.create_index("ix_parental_rule_versions", "parental_rule", ["profile_id", "removed_in"])


def _create_versions() -> None:
    op.create_table(
        "parental_version",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("profile_id", sa.Uuid, sa.ForeignKey("parental_profile.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("values", pg.JSONB, nullable=False),
        sa.Column("by_name", sa.String, nullable=False),
        sa.Column("settings", pg.JSONB, nullable=False),
        sa.Column("saved_at", _INSTANT, nullable=False),
    )
    op.create_index("ix_parental_version_account_id", "parental_version", ["account_id"])
    op.create_index(
        "uq_parental_version_number", "parental_version", ["profile_id", "number"], unique=True
    )
    protect(
        "parental_version",
        account="account_id",
        staff=False,
        app="select, insert",
        worker="select, insert, delete",
    )


def _add(table: str, column: str, kind: object, value: str) -> None:
    """Add a column that is never null; rows that are there get `value`."""
    op.add_column(table, sa.Column(column, kind, nullable=False, server_default=value))
    op.alter_column(table, column, server_default=None)
