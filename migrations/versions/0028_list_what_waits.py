"""List what waits: orders that nobody has a time for, those held; and keep a term that goes on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

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
    op.add_column("subscription", sa.Column("kept_bond", pg.JSONB))
