"""Tell of held orders."""

revision = "0029_tell_of_held_orders"
down_revision = "0028_list_what_waits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
