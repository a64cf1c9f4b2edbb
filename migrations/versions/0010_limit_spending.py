"""Let a holder limit what a member orders; find quickly why services were left."""

import sqlalchemy as sa
from alembic import op

revision = "0010_limit_spending"
down_revision = "0009_deepen_money"
branch_labels = None
depends_on = None

_MONEY = sa.Numeric(12, 2)


def upgrade() -> None:
    op.add_column("membership", sa.Column("spending_limit", _MONEY))
    op.create_check_constraint(
        "ck_membership_limit_is_possible",
        "membership",
        "spending_limit >= 0 and (spending_limit is null or role <> 'holder')",
    )
    # What was ordered before there were limits counts towards none.
    op.add_column(
        "service_order", sa.Column("spending", _MONEY, nullable=False, server_default="0")
    )
    op.create_check_constraint(
        "ck_service_order_spending_is_not_negative", "service_order", "spending >= 0"
    )
    _index_leaving()


def _index_leaving() -> None:
    op.create_index(
        "ix_service_order_left",
        "service_order",
        ["ended_at"],
        postgresql_where=sa.text("act = 'delete' and state = 'completed'"),
    )
    op.create_index(
        "ix_quote_leaving",
        "quote",
        ["created_at", "id"],
        postgresql_where=sa.text("act = 'delete'"),
    )
    op.create_index(
        "ix_quote_subscription_id",
        "quote",
        ["subscription_id"],
        postgresql_where=sa.text("act = 'delete'"),
    )
