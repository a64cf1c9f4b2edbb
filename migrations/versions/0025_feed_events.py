"""Feed events to the operator's own systems."""

revision = "0025_feed_events"
down_revision = "0024_deepen_ratings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
