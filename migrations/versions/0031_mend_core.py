"""Keep the core as it is: what was mended there needed no other tables."""

revision = "0031_mend_core"
down_revision = "0030_tidy_parental"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""
