"""Keep versions of the catalogue."""

revision = "0007_create_catalogue_desk"
down_revision = "0006_deepen_orders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
