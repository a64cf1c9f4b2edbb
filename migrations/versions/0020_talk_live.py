"""Talk live, and by e-mail."""

revision = "0020_talk_live"
down_revision = "0019_time_promises"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
