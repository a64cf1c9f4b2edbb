"""Find orders that are being cancelled among those that the worker asks the network about."""

import sqlalchemy as sa
from alembic import op

revision = "0033_orders_at_a_time"
down_revision = "0032_whole_appeals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, columns, states in (
        ("waiting", ["next_try_at"], "'acknowledged', 'in_progress', 'pending_cancellation'"),
        ("at_network", ["state", "starts_at"], "'in_progress', 'held', 'pending_cancellation'"),
    ):
        op.drop_index(f"ix_service_order_{name}", "service_order")
        op.create_index(
            f"ix_service_order_{name}",
            "service_order",
            columns,
            postgresql_where=sa.text(f"state in ({states})"),
        )
