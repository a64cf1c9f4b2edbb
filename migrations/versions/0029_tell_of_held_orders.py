"""Tell of held orders: an appeal knows its order, an order when people were told that it lasts."""

import sqlalchemy as sa
from alembic import op

revision = "0029_tell_of_held_orders"
down_revision = "0028_list_what_waits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("service_order", sa.Column("told_late_at", sa.DateTime(timezone=True)))
    op.add_column("appeal", sa.Column("order_id", sa.Uuid))
    op.create_index(
        "ix_appeal_order_id",
        "appeal",
        ["order_id"],
        postgresql_where=sa.text("order_id is not null"),
    )
