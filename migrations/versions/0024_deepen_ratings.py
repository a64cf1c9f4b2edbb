"""Rate every contact; let an agency shop in secret."""

from alembic import op

revision = "0024_deepen_ratings"
down_revision = "0023_answer_questions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("ck_user_account_staff_role_is_known", "user_account", type_="check")
    op.create_check_constraint(
        "ck_user_account_staff_role_is_known",
        "user_account",
        "staff_role in ('specialist', 'supervisor', 'editor', 'catalogue_manager',"
        " 'administrator', 'agency')",
    )
