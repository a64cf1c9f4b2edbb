"""Tidy parental."""

revision = "0030_tidy_parental"
down_revision = "0029_tell_of_held_orders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
