"""Time every promise: what is due next, and what its breach costs."""

revision = "0019_time_promises"
down_revision = "0018_plan_promises"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
