"""Keep questions and answers."""

revision = "0023_answer_questions"
down_revision = "0022_follow_outages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
