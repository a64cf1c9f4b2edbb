"""Answer what is promised."""

revision = "0026_answer_what_is_promised"
down_revision = "0025_feed_events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
