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
