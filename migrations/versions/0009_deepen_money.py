"""Keep what the billing feed said, and what a compensation is for."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect

revision = "0009_deepen_money"
down_revision = "0008_create_visits"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("charge", sa.Column("cause", sa.String))
    op.add_column("charge", sa.Column("said_at", _INSTANT))
    op.create_check_constraint(
        "ck_charge_cause_is_known",
        "charge",
        "cause is null or kind = 'compensation'"
        " and cause in ('visit_missed', 'outage', 'late_answer')",
    )
    _create_imports()
    _create_refusals()
    protect("billing_import", worker="select, delete")
    protect("billing_refusal", app="select, insert", worker="select, delete")


def _create_imports() -> None:
    op.create_table(
        "billing_import",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.Column("known", sa.Integer, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
    )
    op.create_index("ix_billing_import_started_at_id", "billing_import", ["started_at", "id"])


def _create_refusals() -> None:
    op.create_table(
        "billing_refusal",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("import_id", sa.Uuid, sa.ForeignKey("billing_import.id"), nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("fault", sa.String, nullable=False),
        sa.Column("field", sa.String, nullable=False),
        sa.Column("kept_line", sa.String, nullable=False),
        sa.UniqueConstraint("import_id", "line", name="uq_billing_refusal_import_id_line"),
        sa.CheckConstraint(
            "fault in ('no_object', 'no_contract', 'missing', 'unknown', 'wrong', 'conflict')",
            name="ck_billing_refusal_fault_is_known",
        ),
    )
