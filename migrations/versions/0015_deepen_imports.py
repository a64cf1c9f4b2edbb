"""Follow the reading of a long list."""

revision = "0015_deepen_imports"
down_revision = "0014_release_categories"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
