"""Let a child ask its parents, and a device be set up without a sign-in."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect

revision = "0017_ask_parents"
down_revision = "0016_name_devices"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_HELD = "secret_hash = (select app_token()) and revoked_at is null"


def upgrade() -> None:
    _create_links()
    _create_questions()
    protect("parental_child_link", account="account_id", staff=False, extra=_HELD)
    protect("parental_question", account="account_id", staff=False)
    op.execute(
        "create policy held on parental_device for select to kabinet_app using ("
        " revoked_at is null"
        " and encode(sha256(convert_to(token, 'UTF8')), 'hex') = (select app_token()))"
    )


def _owner() -> list[sa.Column]:
    return [
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("profile_id", sa.Uuid, sa.ForeignKey("parental_profile.id"), nullable=False),
    ]


def _create_links() -> None:
    op.create_table(
        "parental_child_link",
        sa.Column("id", sa.Uuid, primary_key=True),
        *_owner(),
        sa.Column("secret_hash", sa.String, nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("revoked_at", _INSTANT),
        sa.UniqueConstraint("secret_hash", name="uq_parental_child_link_secret_hash"),
    )
    op.create_index("ix_parental_child_link_account_id", "parental_child_link", ["account_id"])
    op.create_index(
        "uq_parental_child_link_standing",
        "parental_child_link",
        ["profile_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at is null"),
    )


def _create_questions() -> None:
    op.create_table(
        "parental_question",
        sa.Column("id", sa.Uuid, primary_key=True),
        *_owner(),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("answer", sa.String),
        sa.Column("answered_at", _INSTANT),
        sa.Column("answered_by", sa.String, nullable=False),
        sa.Column("open_until", _INSTANT),
        sa.CheckConstraint(
            "answer in ('minutes', 'today', 'always', 'no')",
            name="ck_parental_question_answer_is_known",
        ),
        sa.CheckConstraint(
            "(answer is null) = (answered_at is null)", name="ck_parental_question_answer_has_time"
        ),
    )
    op.create_index("ix_parental_question_account_id", "parental_question", ["account_id", "id"])
    op.create_index(
        "ix_parental_question_profile_id_asked_at",
        "parental_question",
        ["profile_id", "asked_at"],
    )
    op.create_index(
        "uq_parental_question_open",
        "parental_question",
        ["profile_id", "site"],
        unique=True,
        postgresql_where=sa.text("answer is null"),
    )
