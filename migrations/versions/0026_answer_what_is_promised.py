"""Count as asked for a rating only who was reached; let the worker rebuild promises."""

import sqlalchemy as sa
from alembic import op

revision = "0026_answer_what_is_promised"
down_revision = "0025_feed_events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is known of each request, and let the figures count by it.

    A promise is a projection of its events: `flask sla rebuild` drops one that they do not tell.
    """
    op.execute("grant delete on promise, promise_timer to kabinet_worker")
    op.add_column(
        "rating_request",
        sa.Column("is_reached", sa.Boolean, nullable=False, server_default=sa.true()),
    )
    op.execute(
        "update rating_request set is_reached = false"
        " where link_hash is null and user_id is null"
        " and (account_id is null or subject_kind = 'contact')"
    )
    op.execute(
        """
        create or replace function rating_counts(since timestamptz, until timestamptz)
        returns table (subject_kind varchar, channel varchar,
                       asked bigint, answered bigint, good bigint)
        language sql stable security definer set search_path = public as $$
            select r.subject_kind, r.channel, count(*), count(g.id),
                   count(*) filter (where g.score >= 4)
            from rating_request r left join rating g on g.request_id = r.id
            where r.asked_at >= since and r.asked_at < until
                and (r.is_reached or g.id is not null)
            group by r.subject_kind, r.channel
        $$
        """
    )
