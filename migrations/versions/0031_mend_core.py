"""Mend core."""

revision = "0031_mend_core"
down_revision = "0030_tidy_parental"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
