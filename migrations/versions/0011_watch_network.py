"""Share among the workers whether the network is asked at all."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import grant_only

revision = "0011_watch_network"
down_revision = "0010_limit_spending"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "network_circuit",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("opened_at", _INSTANT),
        sa.Column("open_until", _INSTANT),
        sa.Column("probe_until", _INSTANT),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_network_circuit"),
        sa.UniqueConstraint("name", name="uq_network_circuit_name"),
    )
    grant_only("network_circuit", app="select", worker="select, insert, update")
    op.create_index(
        "ix_service_order_at_network",
        "service_order",
        ["state", "starts_at"],
        postgresql_where=sa.text("state in ('in_progress', 'held')"),
    )
