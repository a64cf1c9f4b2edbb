"""Give profiles settings, windows and versions."""

revision = "0013_deepen_profiles"
down_revision = "0012_take_accounting"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
