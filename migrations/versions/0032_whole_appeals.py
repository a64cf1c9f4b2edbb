"""Chain the names of files too."""

revision = "0032_whole_appeals"
down_revision = "0031_free_days"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
