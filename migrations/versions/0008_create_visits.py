"""Create visits and their slots."""

revision = "0008_create_visits"
down_revision = "0007_create_catalogue_desk"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
