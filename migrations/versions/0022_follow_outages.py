"""Let customers follow outages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.tenancy import grant_only, protect

revision = "0022_follow_outages"
down_revision = "0021_equip_desk"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_ADD_ONLY = "select, insert"
_OPEN_FAULT = (
    "kind = 'fault' and state in ('registered', 'in_progress', 'waiting_customer', 'reopened')"
)


def upgrade() -> None:
    _create_outages()
    _create_history()
    _create_broadcasts()
    _create_links()
    op.create_index("ix_premises_city_district", "premises", ["city", "district"])
    op.create_index(
        "ix_appeal_open_fault",
        "appeal",
        ["account_id"],
        postgresql_where=sa.text(_OPEN_FAULT),
    )
    _protect()


def _by(column: str, table: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(column, sa.Uuid, sa.ForeignKey(f"{table}.id"), nullable=nullable)


def _create_outages() -> None:
    op.create_table(
        "outage",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("is_planned", sa.Boolean, nullable=False),
        sa.Column("cause", pg.JSONB, nullable=False),
        sa.Column("technologies", pg.JSONB, nullable=False),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("promised_at", _INSTANT, nullable=False),
        sa.Column("moved", sa.Integer, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.Column("end", sa.String),
        sa.Column("opened_at", _INSTANT, nullable=False),
        _by("author_id", "user_account"),
        sa.CheckConstraint("promised_at > started_at", name="ck_outage_promise_is_after_start"),
        sa.CheckConstraint('("end" is null) = (ended_at is null)', name="ck_outage_end_has_time"),
        sa.CheckConstraint("\"end\" in ('restored', 'called_off')", name="ck_outage_end_is_known"),
        sa.CheckConstraint(
            "\"end\" <> 'restored' or ended_at >= started_at",
            name="ck_outage_restored_after_start",
        ),
    )
    op.create_index(
        "ix_outage_open", "outage", ["started_at"], postgresql_where=sa.text("ended_at is null")
    )
    op.create_index("ix_outage_ended_at", "outage", ["ended_at"])
    op.create_table(
        "outage_area",
        sa.Column("id", sa.Uuid, primary_key=True),
        _by("outage_id", "outage"),
        sa.Column("city", sa.String, nullable=False),
        sa.Column("district", sa.String, nullable=False),
        sa.UniqueConstraint(
            "outage_id", "city", "district", name="uq_outage_area_outage_id_city_district"
        ),
    )


def _create_history() -> None:
    op.create_table(
        "outage_promise",
        sa.Column("id", sa.Uuid, primary_key=True),
        _by("outage_id", "outage"),
        sa.Column("promised_at", _INSTANT, nullable=False),
        sa.Column("reason", pg.JSONB, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        _by("author_id", "user_account"),
    )
    op.create_index("ix_outage_promise_outage_id", "outage_promise", ["outage_id"])
    for name, event in (
        ("only_added", "update or delete on outage_promise for each row"),
        ("never_emptied", "truncate on outage_promise for each statement"),
    ):
        op.execute(f"create trigger {name} before {event} execute function refuse_change()")


def _create_broadcasts() -> None:
    op.create_table(
        "outage_broadcast",
        sa.Column("id", sa.Uuid, primary_key=True),
        _by("outage_id", "outage"),
        sa.Column("word", sa.String, nullable=False),
        sa.Column("texts", pg.JSONB, nullable=False),
        sa.Column("promised_at", _INSTANT),
        sa.Column("reason", pg.JSONB, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        _by("author_id", "user_account"),
        sa.Column("told", sa.Integer, nullable=False),
        sa.Column("done_at", _INSTANT),
        sa.CheckConstraint(
            "word in ('update', 'moved', 'restored')", name="ck_outage_broadcast_word_is_known"
        ),
        sa.CheckConstraint(
            "word <> 'moved' or promised_at is not null",
            name="ck_outage_broadcast_move_names_time",
        ),
        sa.CheckConstraint(
            "word <> 'restored' or promised_at is null",
            name="ck_outage_broadcast_end_promises_nothing",
        ),
    )
    op.create_index("ix_outage_broadcast_outage_id_id", "outage_broadcast", ["outage_id", "id"])
    op.create_index(
        "ix_outage_broadcast_undone",
        "outage_broadcast",
        ["id"],
        postgresql_where=sa.text("done_at is null"),
    )


def _create_links() -> None:
    op.create_table(
        "outage_link",
        sa.Column("id", sa.Uuid, primary_key=True),
        _by("outage_id", "outage"),
        _by("appeal_id", "appeal"),
        _by("account_id", "account", nullable=True),
        _by("user_id", "user_account", nullable=True),
        sa.Column("secret_hash", sa.String),
        sa.Column("linked_at", _INSTANT, nullable=False),
        _by("linked_by_id", "user_account", nullable=True),
        sa.Column("asked_at", _INSTANT),
        sa.Column("reminded_at", _INSTANT),
        sa.Column("answer", sa.String),
        sa.Column("answered_at", _INSTANT),
        sa.UniqueConstraint("appeal_id", name="uq_outage_link_appeal_id"),
        sa.CheckConstraint("answer in ('yes', 'no')", name="ck_outage_link_answer_is_known"),
        sa.CheckConstraint(
            "(answer is null) = (answered_at is null)", name="ck_outage_link_answer_has_time"
        ),
    )
    op.create_index("ix_outage_link_outage_id_appeal_id", "outage_link", ["outage_id", "appeal_id"])
    for column in ("account_id", "user_id"):
        op.create_index(f"ix_outage_link_{column}", "outage_link", [column])
    op.create_index(
        "ix_outage_link_reminding",
        "outage_link",
        ["asked_at", "id"],
        postgresql_where=sa.text("asked_at is not null and answer is null and reminded_at is null"),
    )
    op.create_table(
        "outage_delivery",
        sa.Column("id", sa.Uuid, primary_key=True),
        _by("broadcast_id", "outage_broadcast"),
        _by("appeal_id", "appeal"),
        sa.UniqueConstraint(
            "broadcast_id", "appeal_id", name="uq_outage_delivery_broadcast_id_appeal_id"
        ),
    )
    op.create_index("ix_outage_delivery_appeal_id", "outage_delivery", ["appeal_id"])


def _protect() -> None:
    """Let everybody read outages, which name nobody, and staff write them.

    Who joins an outage locks its row, and a lock asks for the right to change; that the change
    itself is a specialist's is checked on what is written. Of links everybody sees his own only.
    """
    for table in ("outage", "outage_area", "outage_promise", "outage_broadcast"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy own on {table} to kabinet_app"
            " using (true) with check ((select app_staff()))"
        )
        op.execute(
            f"create policy worker on {table} to kabinet_worker using (true) with check (true)"
        )
    grant_only("outage", app="select, insert, update", worker="select")
    grant_only("outage_area", app=_ADD_ONLY, worker="select")
    grant_only("outage_promise", app=_ADD_ONLY, worker="select")
    grant_only("outage_broadcast", app=_ADD_ONLY, worker="select, update")
    protect(
        "outage_link",
        account="account_id",
        user="user_id",
        extra="secret_hash = (select app_token())",
        worker="select, update",
    )
    grant_only("outage_delivery", app="select", worker=_ADD_ONLY)
