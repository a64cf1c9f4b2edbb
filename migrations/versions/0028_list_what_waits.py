"""List what waits."""

revision = "0028_list_what_waits"
down_revision = "0027_show_what_was_changed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
