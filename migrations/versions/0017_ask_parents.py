"""Let a child ask its parents."""

revision = "0017_ask_parents"
down_revision = "0016_name_devices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
