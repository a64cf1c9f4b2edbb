"""Let a supervisor plan what is promised."""

revision = "0018_plan_promises"
down_revision = "0017_ask_parents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
