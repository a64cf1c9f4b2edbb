"""Create the catalogue, subscriptions, quotes, orders, charges and the simulator's books."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.tenancy import grant_only, protect

revision = "0002_create_services"
down_revision = "0001_create_core"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_MONEY = sa.Numeric(12, 2)


def upgrade() -> None:
    _create_catalogue()
    _create_subscriptions()
    _create_orders()
    _create_network()
    _protect()


def _create_catalogue() -> None:
    op.create_table(
        "offering",
        sa.Column("code", sa.String, nullable=False),
        sa.Column("family", sa.String, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("is_plan", sa.Boolean, nullable=False),
        sa.Column("names", pg.JSONB, nullable=False),
        sa.Column("summaries", pg.JSONB, nullable=False),
        sa.Column("texts", pg.JSONB, nullable=False),
        sa.Column("endings", pg.JSONB, nullable=False),
        sa.Column("characteristics", pg.JSONB, nullable=False),
        sa.Column("cities", pg.JSONB, nullable=False),
        sa.Column("technologies", pg.JSONB, nullable=False),
        sa.Column("needs_technician", sa.Boolean, nullable=False),
        sa.Column("term_months", sa.Integer, nullable=False),
        sa.Column("exit_fee", _MONEY, nullable=False),
        sa.Column("requires", pg.JSONB, nullable=False),
        sa.Column("excludes", pg.JSONB, nullable=False),
        sa.Column("replaces", pg.JSONB, nullable=False),
        sa.Column("sold_from", sa.Date),
        sa.Column("sold_until", sa.Date),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.CheckConstraint(
            "family in ('internet', 'tv', 'phone', 'security', 'equipment', 'option')",
            name="ck_offering_family_is_known",
        ),
        sa.CheckConstraint(
            "term_months >= 0 and exit_fee >= 0", name="ck_offering_term_is_possible"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_offering"),
        sa.UniqueConstraint("code", name="uq_offering_code"),
    )
    op.create_table(
        "price",
        sa.Column("offering_id", sa.Uuid, nullable=False),
        sa.Column("monthly", _MONEY, nullable=False),
        sa.Column("one_time", _MONEY, nullable=False),
        sa.Column("vat_percent", _MONEY, nullable=False),
        sa.Column("valid_from", _INSTANT, nullable=False),
        sa.Column("valid_until", _INSTANT),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.CheckConstraint("monthly >= 0 and one_time >= 0", name="ck_price_sums_are_not_negative"),
        sa.CheckConstraint("valid_until > valid_from", name="ck_price_validity_is_a_time"),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name="fk_price_offering_id"),
        sa.PrimaryKeyConstraint("id", name="pk_price"),
    )
    op.create_index("ix_price_offering_id", "price", ["offering_id"])
    op.create_index(
        "uq_price_running",
        "price",
        ["offering_id"],
        unique=True,
        postgresql_where=sa.text("valid_until is null"),
    )


def _create_subscriptions() -> None:
    op.create_table(
        "subscription",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("premises_id", sa.Uuid),
        sa.Column("offering_id", sa.Uuid, nullable=False),
        sa.Column("price", _MONEY, nullable=False),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("started_on", sa.Date, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.Column("ended_on", sa.Date),
        sa.Column("term_until", sa.Date),
        sa.Column("exit_fee", _MONEY, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.CheckConstraint(
            "(ended_on is null) = (ended_at is null)", name="ck_subscription_end_is_whole"
        ),
        sa.CheckConstraint("price >= 0", name="ck_subscription_price_is_not_negative"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_subscription_account_id"),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name="fk_subscription_offering_id"
        ),
        sa.ForeignKeyConstraint(
            ["premises_id"], ["premises.id"], name="fk_subscription_premises_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
    )
    op.create_index("ix_subscription_account_id", "subscription", ["account_id"])
    op.create_index(
        "uq_subscription_running",
        "subscription",
        ["account_id", "offering_id"],
        unique=True,
        postgresql_where=sa.text("ended_on is null"),
    )
    op.create_table(
        "charge",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("month_on", sa.Date, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("reference", sa.String, nullable=False),
        sa.Column("offering_id", sa.Uuid),
        sa.Column("amount", _MONEY, nullable=False),
        sa.Column("count", sa.Integer),
        sa.Column("price", _MONEY),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.CheckConstraint(
            "kind in ('monthly', 'one_time', 'early_exit', 'compensation', 'correction')",
            name="ck_charge_kind_is_known",
        ),
        sa.CheckConstraint("state in ('forecast', 'billed')", name="ck_charge_state_is_known"),
        sa.CheckConstraint(
            "extract(day from month_on) = 1", name="ck_charge_month_is_its_first_day"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_charge_account_id"),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name="fk_charge_offering_id"),
        sa.PrimaryKeyConstraint("id", name="pk_charge"),
        sa.UniqueConstraint("account_id", "reference", name="uq_charge_account_id_reference"),
    )
    op.create_index("ix_charge_account_id_month_on", "charge", ["account_id", "month_on"])


def _create_orders() -> None:
    op.create_table(
        "quote",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("by_id", sa.Uuid, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("offering_id", sa.Uuid, nullable=False),
        sa.Column("subscription_id", sa.Uuid),
        sa.Column("kept_terms", pg.JSONB, nullable=False),
        sa.Column("reason", sa.String),
        sa.Column("words", sa.String),
        sa.Column("ref", sa.String),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.CheckConstraint("act in ('add', 'delete')", name="ck_quote_act_is_known"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_quote_account_id"),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_quote_by_id"),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name="fk_quote_offering_id"),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name="fk_quote_subscription_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_quote"),
    )
    op.create_index("ix_quote_account_id", "quote", ["account_id"])
    op.create_table(
        "service_order",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("quote_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("offering_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("placed_by_id", sa.Uuid, nullable=False),
        sa.Column("placed_at", _INSTANT, nullable=False),
        sa.Column("starts_at", _INSTANT, nullable=False),
        sa.Column("next_try_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.Column("needs_technician", sa.Boolean, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("failure", sa.String),
        sa.Column("ref", sa.String),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.CheckConstraint(
            "state in ('acknowledged', 'pending', 'in_progress', 'held', 'pending_cancellation',"
            " 'completed', 'partial', 'failed', 'cancelled')",
            name="ck_service_order_state_is_known",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_service_order_account_id"),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name="fk_service_order_offering_id"
        ),
        sa.ForeignKeyConstraint(
            ["placed_by_id"], ["user_account.id"], name="fk_service_order_placed_by_id"
        ),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name="fk_service_order_quote_id"),
        sa.PrimaryKeyConstraint("id", name="pk_service_order"),
        sa.UniqueConstraint("number", name="uq_service_order_number"),
        sa.UniqueConstraint("quote_id", name="uq_service_order_quote_id"),
    )
    op.create_index(
        "ix_service_order_account_id_placed_at_id",
        "service_order",
        ["account_id", "placed_at", "id"],
    )
    op.create_index(
        "ix_service_order_waiting",
        "service_order",
        ["next_try_at"],
        postgresql_where=sa.text("state in ('acknowledged', 'in_progress')"),
    )
    op.create_table(
        "order_item",
        sa.Column("order_id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("offering_id", sa.Uuid, nullable=False),
        sa.Column("subscription_id", sa.Uuid),
        sa.Column("price", _MONEY, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("started_at", _INSTANT),
        sa.Column("finished_at", _INSTANT),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.CheckConstraint("act in ('add', 'delete')", name="ck_order_item_act_is_known"),
        sa.CheckConstraint(
            "state in ('acknowledged', 'in_progress', 'completed', 'failed', 'undone',"
            " 'kept', 'cancelled')",
            name="ck_order_item_state_is_known",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_order_item_account_id"),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name="fk_order_item_offering_id"),
        sa.ForeignKeyConstraint(["order_id"], ["service_order.id"], name="fk_order_item_order_id"),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name="fk_order_item_subscription_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_order_item"),
        sa.UniqueConstraint("order_id", "position", name="uq_order_item_order_id_position"),
    )
    op.create_index("ix_order_item_account_id_state", "order_item", ["account_id", "state"])
    op.create_table(
        "order_step",
        sa.Column("order_id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("by_id", sa.Uuid),
        sa.Column("note", sa.String),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_order_step_account_id"),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_order_step_by_id"),
        sa.ForeignKeyConstraint(["order_id"], ["service_order.id"], name="fk_order_step_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_order_step"),
        sa.UniqueConstraint("order_id", "position", name="uq_order_step_order_id_position"),
    )
    op.create_index("ix_order_step_account_id", "order_step", ["account_id"])


def _create_network() -> None:
    op.create_table(
        "network_entry",
        sa.Column("reference", sa.String, nullable=False),
        sa.Column("operation", sa.String, nullable=False),
        sa.Column("service", sa.String, nullable=False),
        sa.Column("is_done", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_network_entry"),
        sa.UniqueConstraint("reference", name="uq_network_entry_reference"),
    )
    op.create_index("ix_network_entry_service", "network_entry", ["service"])
    op.create_table(
        "network_habit",
        sa.Column("offering_code", sa.String, nullable=False),
        sa.Column("delay_ms", sa.Integer, nullable=False),
        sa.Column("refusal", sa.String),
        sa.Column("refused", sa.String, nullable=False),
        sa.Column("lost_answers", sa.Integer, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.CheckConstraint("delay_ms between 0 and 60000", name="ck_network_habit_delay_is_short"),
        sa.CheckConstraint(
            "refused in ('activate', 'deactivate')", name="ck_network_habit_refused_is_known"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_network_habit"),
        sa.UniqueConstraint("offering_code", name="uq_network_habit_offering_code"),
    )


def _protect() -> None:
    grant_only("offering", app="select, insert, update", worker="select")
    grant_only("price", app="select, insert, update", worker="select")
    protect("subscription", account="account_id", worker="select, insert, update")
    protect("charge", account="account_id", worker="select, insert, update")
    # Terms that were shown are never changed: no role but the worker, which tidies, may touch them.
    protect("quote", account="account_id", app="select, insert", worker="select, delete")
    protect("service_order", account="account_id", worker="select, update")
    protect("order_item", account="account_id", worker="select, update")
    protect("order_step", account="account_id", app="select, insert", worker="select, insert")
    grant_only("network_entry", worker="select, insert, update")
    grant_only("network_habit", app="select, insert, update", worker="select")
