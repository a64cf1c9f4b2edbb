"""Keep questions and answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.tenancy import grant_only

revision = "0023_answer_questions"
down_revision = "0022_follow_outages"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_LANGUAGE = "language in ('kk', 'ru', 'en')"


def upgrade() -> None:
    _create_answers()
    _create_texts()
    _create_votes()
    _create_vain_searches()
    grant_only(
        "answer", app="select, insert, update, delete", worker="select, insert, update, delete"
    )
    grant_only(
        "answer_text", app="select, insert, update, delete", worker="select, insert, update, delete"
    )
    grant_only("answer_vote", app="select, insert", worker="select, insert, delete")
    grant_only(
        "vain_search", app="select, insert, update, delete", worker="select, insert, update, delete"
    )


def _create_answers() -> None:
    op.create_table(
        "answer",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String),
        sa.Column("tags", pg.JSONB, nullable=False),
        sa.Column("live", sa.Integer),
        sa.Column("draft", sa.Integer),
        sa.Column("document", pg.TSVECTOR),
        sa.Column("author_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("published_at", _INSTANT),
        sa.CheckConstraint(
            "kind in ('fault', 'question', 'complaint', 'suggestion', 'gratitude')",
            name="ck_answer_kind_is_known",
        ),
        sa.CheckConstraint(
            "(live is null) = (document is null) and (live is null) = (published_at is null)",
            name="ck_answer_live_is_searched",
        ),
        sa.CheckConstraint(
            "live is not null or draft is not null", name="ck_answer_says_something"
        ),
    )
    op.create_index("ix_answer_changed_at_id", "answer", ["changed_at", "id"])
    live = sa.text("live is not null")
    op.create_index("ix_answer_published", "answer", ["published_at", "id"], postgresql_where=live)
    op.create_index(
        "ix_answer_document", "answer", ["document"], postgresql_using="gin", postgresql_where=live
    )


def _create_texts() -> None:
    op.create_table(
        "answer_text",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("answer_id", sa.Uuid, sa.ForeignKey("answer.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("question", sa.String, nullable=False),
        sa.Column("body", sa.String, nullable=False),
        sa.UniqueConstraint(
            "answer_id", "number", "language", name="uq_answer_text_answer_id_number_language"
        ),
        sa.CheckConstraint(_LANGUAGE, name="ck_answer_text_language_is_known"),
    )


def _create_votes() -> None:
    op.create_table(
        "answer_vote",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("answer_id", sa.Uuid, sa.ForeignKey("answer.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("voter", sa.String, nullable=False),
        sa.Column("is_helpful", sa.Boolean, nullable=False),
        sa.Column("ended_appeal", sa.Boolean, nullable=False),
        sa.Column("comment", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.UniqueConstraint(
            "answer_id", "number", "voter", name="uq_answer_vote_answer_id_number_voter"
        ),
        sa.CheckConstraint(_LANGUAGE, name="ck_answer_vote_language_is_known"),
    )


def _create_vain_searches() -> None:
    op.create_table(
        "vain_search",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("words", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("last_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("words", "language", name="uq_vain_search_words_language"),
        sa.CheckConstraint(_LANGUAGE, name="ck_vain_search_language_is_known"),
    )
    op.create_index("ix_vain_search_times_last_at", "vain_search", ["times", "last_at"])
    op.create_index("ix_vain_search_last_at", "vain_search", ["last_at"])
