"""Know which slices of counts a node has written, since when a new node is built, what waits.

The node that wrote a slice does not always hear of its commit: it writes it again, and this table
says whether it is in. A run of a node is one row, whatever it counts. The desk lists orders that
are being cancelled among those that the network holds.
"""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import grant_only

revision = "0034_count_once"
down_revision = "0033_orders_at_a_time"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "parental_counting",
        sa.Column("run_id", sa.Uuid, nullable=False),
        sa.Column("slice", sa.BigInteger, nullable=False),
        sa.Column("written_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("run_id", name="pk_parental_counting"),
    )
    grant_only("parental_counting", worker="select, delete", dns="select, insert, update")
    op.add_column("dns_node", sa.Column("building_since", _INSTANT))
    op.drop_index("ix_service_order_at_desk", "service_order")
    op.create_index(
        "ix_service_order_at_desk",
        "service_order",
        ["state", "placed_at", "id"],
        postgresql_where=sa.text("state in ('pending', 'held', 'pending_cancellation')"),
    )
