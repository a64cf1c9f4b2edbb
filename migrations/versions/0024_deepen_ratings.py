"""Rate every contact; let an agency shop in secret."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.tenancy import grant_only, protect

revision = "0024_deepen_ratings"
down_revision = "0023_answer_questions"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.drop_constraint("ck_user_account_staff_role_is_known", "user_account", type_="check")
    op.create_check_constraint(
        "ck_user_account_staff_role_is_known",
        "user_account",
        "staff_role in ('specialist', 'supervisor', 'editor', 'catalogue_manager',"
        " 'administrator', 'agency')",
    )
    _ask_about_everything()
    _open_by_link()
    _record_steps()
    _count_without_looking()
    _create_shopping()


def _ask_about_everything() -> None:
    op.alter_column("rating_request", "about_id", nullable=True)
    op.add_column(
        "rating_request",
        sa.Column("channel", sa.String, nullable=False, server_default="form"),
    )
    op.add_column("rating_request", sa.Column("link_hash", sa.String))
    op.create_unique_constraint("uq_rating_request_link_hash", "rating_request", ["link_hash"])
    op.create_index("ix_rating_request_asked_at", "rating_request", ["asked_at"])
    op.create_index("ix_rating_request_secret_hash", "rating_request", ["secret_hash"])
    op.add_column(
        "rating", sa.Column("marks", pg.JSONB, nullable=False, server_default=sa.text("'[]'"))
    )


def _open_by_link() -> None:
    """Let the link of an e-mail open what it asks about."""
    own = (
        "account_id = (select app_account()) or user_id = (select app_user())"
        " or (select app_staff()) or (secret_hash = (select app_token()))"
        " or (link_hash = (select app_token()))"
    )
    op.execute(f"alter policy own on rating_request using ({own}) with check ({own})")


def _record_steps() -> None:
    for column in ("cause_at", "acted_at"):
        op.add_column("rating_review", sa.Column(column, _INSTANT))


def _count_without_looking() -> None:
    """Count ratings for figures that anybody may read, where no row of them may be read."""
    op.execute(
        """
        create function rating_counts(since timestamptz, until timestamptz)
        returns table (subject_kind varchar, channel varchar,
                       asked bigint, answered bigint, good bigint)
        language sql stable security definer set search_path = public as $$
            select r.subject_kind, r.channel, count(*), count(g.id),
                   count(*) filter (where g.score >= 4)
            from rating_request r left join rating g on g.request_id = r.id
            where r.asked_at >= since and r.asked_at < until
            group by r.subject_kind, r.channel
        $$
        """
    )
    op.execute("revoke all on function rating_counts from public")
    op.execute("grant execute on function rating_counts to kabinet_app, kabinet_worker")


def _create_shopping() -> None:
    op.create_table(
        "shopping_checklist",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("names", pg.JSONB, nullable=False),
        sa.Column("questions", pg.JSONB, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("code", "number", name="uq_shopping_checklist_code_number"),
        sa.CheckConstraint("number > 0", name="ck_shopping_checklist_number_is_counted"),
    )
    grant_only("shopping_checklist", app="select, insert", worker="select, insert")
    op.create_table(
        "shopping_visit",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("checklist_id", sa.Uuid, sa.ForeignKey("shopping_checklist.id"), nullable=False),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("visited_on", sa.Date),
        sa.Column("answers", pg.JSONB, nullable=False),
        sa.Column("comment", sa.String, nullable=False),
        sa.Column("score", sa.Integer),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("submitted_at", _INSTANT),
        sa.CheckConstraint("score between 0 and 100", name="ck_shopping_visit_score_is_percent"),
        sa.CheckConstraint(
            "submitted_at is null or (visited_on is not null and score is not null)",
            name="ck_shopping_visit_submitted_is_whole",
        ),
    )
    op.create_index("ix_shopping_visit_user_id_id", "shopping_visit", ["user_id", "id"])
    op.create_index(
        "ix_shopping_visit_visited_on",
        "shopping_visit",
        ["visited_on", "checklist_id"],
        postgresql_where=sa.text("submitted_at is not null"),
    )
    protect("shopping_visit", user="user_id", worker="select")
    op.execute(
        """
        create function refuse_if_submitted() returns trigger language plpgsql as $$
        begin
            if old.submitted_at is not null then
                raise exception 'an entry of mystery shopping that was submitted is final'
                    using errcode = 'insufficient_privilege';
            end if;
            return case tg_op when 'DELETE' then old else new end;
        end $$
        """
    )
    op.execute(
        "create trigger submitted_stays before update or delete on shopping_visit"
        " for each row execute function refuse_if_submitted()"
    )
