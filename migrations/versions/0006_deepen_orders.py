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
