"""Let a holder limit what a member orders."""

revision = "0010_limit_spending"
down_revision = "0009_deepen_money"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
