"""Know the sums of an order at the time of its visit."""

revision = "0033_orders_at_a_time"
down_revision = "0032_whole_appeals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
