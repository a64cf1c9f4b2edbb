"""List what waits: orders that nobody has a time for, and those that the network holds."""

import sqlalchemy as sa
from alembic import op

revision = "0028_list_what_waits"
down_revision = "0027_show_what_was_changed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_service_order_at_desk",
        "service_order",
        ["state", "placed_at", "id"],
        postgresql_where=sa.text("state in ('pending', 'held')"),
    )
