"""Name devices by tokens, count what was closed."""

revision = "0016_name_devices"
down_revision = "0015_deepen_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
