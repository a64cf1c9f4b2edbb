"""Show what was changed."""

revision = "0027_show_what_was_changed"
down_revision = "0026_answer_what_is_promised"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
