"""Keep the releases of the operator's categories."""

revision = "0014_release_categories"
down_revision = "0013_deepen_profiles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
