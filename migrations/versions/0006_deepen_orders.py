"""Sell at promotional prices, pause, and let orders change what runs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0006_deepen_orders"
down_revision = "0005_create_news"
branch_labels = None
depends_on = None

_MONEY = sa.Numeric(12, 2)


def upgrade() -> None:
    op.add_column("offering", sa.Column("pause", pg.JSONB))
    op.add_column("price", sa.Column("promo_monthly", _MONEY))
    op.add_column("price", sa.Column("promo_months", sa.Integer))
    op.create_check_constraint(
        "ck_price_promo_is_whole",
        "price",
        "(promo_monthly is null) = (promo_months is null)"
        " and promo_monthly >= 0 and promo_months between 1 and 36",
    )
    _let_items_change_what_runs()
    _keep_wishes()
    _let_prices_change()
    # The worker orders that services work again whose pause is over.
    op.execute("grant insert on quote, service_order, order_item to kabinet_worker")


def _let_items_change_what_runs() -> None:
    op.add_column("order_item", sa.Column("change", sa.String))
    for table in ("quote", "order_item"):
        _widen(table, "act_is_known", "act in ('add', 'modify', 'delete')")
    op.create_check_constraint(
        "ck_order_item_change_is_known",
        "order_item",
        "(act = 'modify') = (change is not null) and change in ('pause', 'resume')",
    )
    nothing = sa.text("'{}'::jsonb")
    op.add_column(
        "network_entry", sa.Column("change", pg.JSONB, nullable=False, server_default=nothing)
    )
    _widen("network_habit", "refused_is_known", "refused in ('activate', 'change', 'deactivate')")


def _widen(table: str, name: str, condition: str) -> None:
    op.drop_constraint(f"ck_{table}_{name}", table, type_="check")
    op.create_check_constraint(f"ck_{table}_{name}", table, condition)


def _keep_wishes() -> None:
    """Write down what old quotes asked for; old orders held from the day of their terms."""
    op.add_column("quote", sa.Column("kept_wish", pg.JSONB))
    op.execute(
        "update quote set kept_wish = jsonb_strip_nulls(jsonb_build_object("
        " 'act', act, 'subscription_id', subscription_id,"
        " 'codes', case act when 'add' then jsonb_build_array("
        "  (select code from offering where offering.id = quote.offering_id)) end))"
    )
    op.alter_column("quote", "kept_wish", nullable=False)
    op.add_column("service_order", sa.Column("effective_on", sa.Date))
    op.execute(
        "update service_order set effective_on = (select (kept_terms->>'effective_on')::date"
        " from quote where quote.id = service_order.quote_id)"
    )
    op.alter_column("service_order", "effective_on", nullable=False)


def _let_prices_change() -> None:
    nothing = sa.text("'[]'::jsonb")
    for column in ("rates", "pauses"):
        op.add_column(
            "subscription", sa.Column(column, pg.JSONB, nullable=False, server_default=nothing)
        )
        op.alter_column("subscription", column, server_default=None)
    op.add_column(
        "subscription", sa.Column("is_promo", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.alter_column("subscription", "is_promo", server_default=None)
    op.add_column("subscription", sa.Column("rests_until", sa.Date))
    op.create_index(
        "ix_subscription_resting",
        "subscription",
        ["rests_until"],
        postgresql_where=sa.text("rests_until is not null and ended_on is null"),
    )
