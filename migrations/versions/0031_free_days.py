"""Keep the free days of the country as rows."""

revision = "0031_free_days"
down_revision = "0030_tidy_parental"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
