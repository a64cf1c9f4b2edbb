"""Feed events to the operator's own systems: the events, tokens, webhooks, what API calls made."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.tenancy import grant_only, protect

revision = "0025_feed_events"
down_revision = "0024_deepen_ratings"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_STAFF = "(select app_staff())"


def upgrade() -> None:
    _create_event()
    _let_partitions_be_made()
    _protect_event()
    _create_token()
    _create_webhook()
    op.create_index("ix_appeal_state_id", "appeal", ["state", "id"])


def _create_event() -> None:
    op.execute("create sequence event_seq")
    op.execute(
        """
        create table event (
            id uuid not null,
            at timestamptz not null,
            seq bigint not null default nextval('event_seq'),
            xid xid8 not null default pg_current_xact_id(),
            type varchar not null,
            subject_kind varchar not null,
            subject_id uuid not null,
            number varchar,
            data jsonb not null,
            constraint pk_event primary key (id, at)
        ) partition by range (at)
        """
    )
    op.execute("create index ix_event_xid_seq on event (xid, seq)")
    op.execute("create index ix_event_subject on event (subject_id, xid)")
    op.execute("create table event_default partition of event default")
    op.execute("alter table event_default enable row level security")
    # The number of a transaction says when it began, not in which order two of them held the
    # subject. So an event never stands before the one that its subject had already; and as no row
    # carries a number below its own transaction's, a reader still passes nobody who is not done.
    op.execute(
        """
        create function follow_subject() returns trigger
        language plpgsql security definer set search_path = public as $$
        declare
            mine xid8 := pg_current_xact_id();
        begin
            new.xid := coalesce((
                select e.xid from event e where e.subject_id = new.subject_id and e.xid > mine
                order by e.xid desc limit 1
            ), mine);
            return new;
        end $$
        """
    )
    op.execute(
        "create trigger follow_subject before insert on event"
        " for each row execute function follow_subject()"
    )


def _let_partitions_be_made() -> None:
    op.execute(
        """
        create or replace function make_partition(parent text, month date) returns void
        language plpgsql security definer set search_path = public as $$
        declare
            child text := parent || to_char(month, '_YYYY_MM');
        begin
            if parent not in ('audit_event', 'event') or to_regclass(child) is not null then
                return;
            end if;
            execute format(
                'create table %I partition of %I for values from (%L) to (%L)',
                child, parent,
                date_trunc('month', month), date_trunc('month', month) + interval '1 month'
            );
            execute format('alter table %I enable row level security', child);
        exception when check_violation then
            return;  -- rows of that month lie in the default partition already
        end $$
        """
    )
    for ahead in range(4):
        op.execute(f"select make_partition('event', (now() + interval '{ahead} months')::date)")


def _protect_event() -> None:
    """Everybody's acts may add an event; only staff's sessions and API tokens read them."""
    op.execute("alter table event enable row level security")
    op.execute(f"create policy own on event for select to kabinet_app using ({_STAFF})")
    op.execute("create policy added on event for insert to kabinet_app with check (true)")
    op.execute("create policy worker on event to kabinet_worker using (true) with check (true)")
    grant_only("event", app="select, insert", worker="select, insert")
    grant_only("event_seq", app="usage", worker="usage")


def _create_token() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("system", sa.String, nullable=False),
        sa.Column("token_hash", sa.String, nullable=False),
        sa.Column("scopes", pg.JSONB, nullable=False),
        sa.Column("speaks_for_id", sa.Uuid, sa.ForeignKey("user_account.id")),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by_id", sa.Uuid, sa.ForeignKey("user_account.id")),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("used_at", _INSTANT),
        sa.Column("revoked_at", _INSTANT),
        sa.UniqueConstraint("token_hash", name="uq_api_token_token_hash"),
    )
    op.create_index("ix_api_token_speaks_for_id", "api_token", ["speaks_for_id"])
    op.create_index("ix_api_token_created_by_id", "api_token", ["created_by_id"])
    protect("api_token", extra="token_hash = (select app_token())")
    op.create_table(
        "api_act",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("system", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("appeal_id", sa.Uuid, sa.ForeignKey("appeal.id")),
        sa.Column("external_id", sa.String),
        sa.Column("severity", sa.String),
        sa.Column("at", _INSTANT, nullable=False),
        sa.UniqueConstraint("system", "key", name="uq_api_act_system_key"),
    )
    op.create_index("ix_api_act_appeal_id", "api_act", ["appeal_id"])
    protect("api_act")


def _create_webhook() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("types", pg.JSONB, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by_id", sa.Uuid, sa.ForeignKey("user_account.id")),
        sa.Column("ended_at", _INSTANT),
        sa.Column("paused_at", _INSTANT),
        sa.Column("cursor_xid", sa.BigInteger, nullable=False),
        sa.Column("cursor_seq", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("rests_until", _INSTANT, nullable=False),
        sa.Column("leased_until", _INSTANT, nullable=False),
        sa.Column("is_slow", sa.Boolean, nullable=False),
        sa.Column("delivered", sa.BigInteger, nullable=False),
        sa.Column("delivered_at", _INSTANT),
        sa.Column("fault", sa.String),
    )
    op.create_index("ix_webhook_created_by_id", "webhook", ["created_by_id"])
    protect("webhook")
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("webhook_id", sa.Uuid, sa.ForeignKey("webhook.id"), nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("event_at", _INSTANT, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try_at", _INSTANT),
        sa.Column("dead_at", _INSTANT),
        sa.Column("fault", sa.String),
        sa.UniqueConstraint(
            "webhook_id", "event_id", name="uq_webhook_delivery_webhook_id_event_id"
        ),
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["webhook_id", "next_try_at"],
        postgresql_where=sa.text("next_try_at is not null"),
    )
    op.create_index(
        "ix_webhook_delivery_waiting",
        "webhook_delivery",
        ["webhook_id", "subject_id", "id"],
        postgresql_where=sa.text("dead_at is null"),
    )
    op.create_index(
        "ix_webhook_delivery_dead",
        "webhook_delivery",
        ["webhook_id", "id"],
        postgresql_where=sa.text("dead_at is not null"),
    )
    protect("webhook_delivery", app="select, insert, update, delete")
