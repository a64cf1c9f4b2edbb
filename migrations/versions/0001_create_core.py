"""Create people, contracts, sessions, audit, throttles, submissions and the schema of the jobs."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.tenancy import grant_only, protect

revision = "0001_create_core"
down_revision = None
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JOBS = Path(__file__).parent.parent / "sql/procrastinate-3.10.0.sql"


def upgrade() -> None:
    _create_functions()
    _create_people()
    _create_sessions()
    _create_audit()
    _create_ground()
    _protect()
    _create_jobs()


def _create_functions() -> None:
    for role in ("app", "worker", "dns"):
        op.execute(f"grant usage on schema public to kabinet_{role}")
    for name, kind, body in (
        ("app_account", "uuid", "nullif(current_setting('app.account_id', true), '')::uuid"),
        ("app_user", "uuid", "nullif(current_setting('app.user_id', true), '')::uuid"),
        ("app_token", "text", "nullif(current_setting('app.token', true), '')"),
        ("app_staff", "boolean", "coalesce(current_setting('app.staff', true), '') = 'on'"),
    ):
        op.execute(
            f"create function {name}() returns {kind} language sql stable parallel safe"
            f" as $$ select {body} $$"
        )


def _create_people() -> None:
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("email", sa.String, nullable=False),
        sa.Column("phone", sa.String),
        sa.Column("password_hash", sa.String),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("theme", sa.String, nullable=False),
        sa.Column("staff_role", sa.String),
        sa.Column("disabled_at", _INSTANT),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("email", name="uq_user_account_email"),
        sa.UniqueConstraint("phone", name="uq_user_account_phone"),
        sa.CheckConstraint("email = lower(email)", name="ck_user_account_email_is_lower"),
        sa.CheckConstraint(
            "staff_role in ('specialist', 'supervisor', 'editor', 'catalogue_manager',"
            " 'administrator')",
            name="ck_user_account_staff_role_is_known",
        ),
        sa.CheckConstraint(
            "language in ('kk', 'ru', 'en')", name="ck_user_account_language_is_known"
        ),
        sa.CheckConstraint(
            "theme in ('system', 'light', 'dark')", name="ck_user_account_theme_is_known"
        ),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        sa.Column("holder_name", sa.String, nullable=False),
        sa.Column("email", sa.String),
        sa.Column("phone", sa.String),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("balance", sa.Numeric(12, 2), nullable=False),
        sa.Column("balance_at", _INSTANT),
        sa.UniqueConstraint("number", name="uq_account_number"),
    )
    op.create_table(
        "premises",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("city", sa.String, nullable=False),
        sa.Column("district", sa.String),
        sa.Column("street", sa.String, nullable=False),
        sa.Column("technology", sa.String, nullable=False),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("ends_at", _INSTANT),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("user_id", "account_id", name="uq_membership_user_id_account_id"),
        sa.CheckConstraint(
            "role in ('holder', 'manager', 'parent', 'viewer')", name="ck_membership_role_is_known"
        ),
    )


def _create_sessions() -> None:
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False, index=True),
        sa.Column("token_hash", sa.String, nullable=False),
        sa.Column("device", sa.String, nullable=False),
        sa.Column("address", sa.String),
        sa.Column("means", sa.String, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("proven_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.UniqueConstraint("token_hash", name="uq_user_session_token_hash"),
    )
    op.create_table(
        "one_time_secret",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("token_hash", sa.String, nullable=False),
        sa.Column("code_hash", sa.String),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("user_account.id"), index=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), index=True),
        sa.Column("payload", pg.JSONB, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("used_at", _INSTANT),
        sa.UniqueConstraint("token_hash", name="uq_one_time_secret_token_hash"),
    )
    op.create_table(
        "identity",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False, index=True),
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("issuer", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("shown_name", sa.String, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("issuer", "subject", name="uq_identity_issuer_subject"),
    )


def _create_audit() -> None:
    op.execute("create sequence audit_event_seq")
    op.execute(
        """
        create table audit_event (
            id uuid not null,
            created_at timestamptz not null,
            seq bigint not null default nextval('audit_event_seq'),
            xid xid8 not null default pg_current_xact_id(),
            kind varchar not null,
            actor_id uuid,
            account_id uuid,
            user_id uuid,
            subject_kind varchar,
            subject_id uuid,
            address varchar,
            request_id varchar,
            details jsonb not null,
            constraint pk_audit_event primary key (id, created_at)
        ) partition by range (created_at)
        """
    )
    for column in ("account_id", "user_id"):
        op.execute(f"create index ix_audit_event_{column} on audit_event ({column})")
    op.execute("create index ix_audit_event_xid_seq on audit_event (xid, seq)")
    op.execute("create table audit_event_default partition of audit_event default")
    op.execute("alter table audit_event_default enable row level security")
    op.execute(
        """
        create function make_partition(parent text, month date) returns void
        language plpgsql security definer set search_path = public as $$
        declare
            child text := parent || to_char(month, '_YYYY_MM');
        begin
            if parent not in ('audit_event') or to_regclass(child) is not null then
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
    op.execute("revoke execute on function make_partition(text, date) from public")
    op.execute("grant execute on function make_partition(text, date) to kabinet_worker")
    for ahead in range(4):
        op.execute(
            f"select make_partition('audit_event', (now() + interval '{ahead} months')::date)"
        )
    op.create_table(
        "audit_seal",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("sealed_at", _INSTANT, nullable=False),
        sa.Column("upto_xid", sa.BigInteger, nullable=False),
        sa.Column("upto_seq", sa.BigInteger, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )


def _create_ground() -> None:
    op.create_table(
        "throttle",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("window_ends_at", _INSTANT, nullable=False),
        sa.Column("hits", sa.Integer, nullable=False),
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("location", sa.String),
        sa.Column("created_at", _INSTANT, nullable=False),
    )


_MEMBER_OF = (
    "exists (select 1 from membership m"
    " where m.account_id = {0} and m.user_id = (select app_user()))"
)


def _protect() -> None:
    protect(
        "user_account",
        user="id",
        extra=(
            "email = lower(current_setting('app.email', true))"
            " or phone = current_setting('app.phone', true)"
            " or exists (select 1 from user_session s where s.user_id = user_account.id"
            " and s.token_hash = (select app_token()))"
            " or exists (select 1 from one_time_secret o where o.user_id = user_account.id"
            " and o.token_hash = (select app_token()))"
            " or exists (select 1 from membership m where m.user_id = user_account.id"
            " and m.account_id = (select app_account()))"
            " or exists (select 1 from identity i where i.user_id = user_account.id"
            " and i.subject = current_setting('app.subject', true))"
        ),
    )
    protect(
        "account",
        account="id",
        extra=_MEMBER_OF.format("account.id")
        + " or number = current_setting('app.account_number', true)",
    )
    protect("premises", account="account_id", extra=_MEMBER_OF.format("premises.account_id"))
    protect("membership", account="account_id", user="user_id")
    protect("user_session", user="user_id", extra="token_hash = (select app_token())")
    protect("one_time_secret", user="user_id", extra="token_hash = (select app_token())")
    protect(
        "identity",
        user="user_id",
        extra="subject = current_setting('app.subject', true)",
        app="select, insert, update, delete",
    )
    _protect_audit()
    grant_only("throttle", app="select, insert, update, delete", worker="select, delete")
    grant_only("submission", app="select, insert, update", worker="select, delete")
    grant_only("alembic_version", app="select", worker="select", dns="select")


def _protect_audit() -> None:
    """Everybody may add a row; nobody may change one; who looks sees his own."""
    op.execute("alter table audit_event enable row level security")
    op.execute(
        "create policy own on audit_event for select to kabinet_app using"
        " (account_id = (select app_account()) or user_id = (select app_user())"
        " or (select app_staff()))"
    )
    op.execute("create policy added on audit_event for insert to kabinet_app with check (true)")
    op.execute("create policy worker on audit_event to kabinet_worker using (true)")
    grant_only("audit_event", app="select, insert", worker="select, insert")
    grant_only("audit_event_seq", app="usage", worker="usage")
    grant_only("audit_seal", app="select", worker="select, insert")


def _create_jobs() -> None:
    op.execute("create schema jobs")
    op.execute("set local search_path = jobs")
    # Several statements in one call, with % signs: the driver takes them as they are.
    op.get_bind().connection.driver_connection.execute(_JOBS.read_text(), prepare=False)
    op.execute("set local search_path = public")
    for role in ("app", "worker"):
        op.execute(f"grant usage on schema jobs to kabinet_{role}")
        op.execute(f"grant usage on all sequences in schema jobs to kabinet_{role}")
    op.execute("grant select, insert on all tables in schema jobs to kabinet_app")
    op.execute(
        "grant select, insert, update, delete on all tables in schema jobs to kabinet_worker"
    )
