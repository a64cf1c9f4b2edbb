"""Keep what the billing feed said."""

revision = "0009_deepen_money"
down_revision = "0008_create_visits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
