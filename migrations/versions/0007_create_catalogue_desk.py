"""Keep versions of the catalogue, and the changes that wait for a release."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.tenancy import grant_only

revision = "0007_create_catalogue_desk"
down_revision = "0006_deepen_orders"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "catalogue_version",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("released_at", _INSTANT, nullable=False),
        sa.Column("author_id", sa.Uuid, sa.ForeignKey("user_account.id")),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("sheet", pg.JSONB, nullable=False),
        sa.UniqueConstraint("number", name="uq_catalogue_version_number"),
        sa.CheckConstraint("number > 0", name="ck_catalogue_version_number_counts"),
    )
    op.create_table(
        "offering_draft",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("sheet", pg.JSONB, nullable=False),
        sa.Column("before", pg.JSONB),
        sa.Column("author_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("code", name="uq_offering_draft_code"),
    )
    op.create_table(
        "price_rise",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("offering_id", sa.Uuid, sa.ForeignKey("offering.id"), nullable=False),
        sa.Column("monthly", sa.Numeric(12, 2), nullable=False),
        sa.Column("from_on", sa.Date, nullable=False),
        sa.Column("announced_at", _INSTANT, nullable=False),
        sa.Column("author_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("told", sa.Integer, nullable=False),
        sa.Column("done_at", _INSTANT),
        sa.UniqueConstraint("offering_id", "from_on", name="uq_price_rise_offering_id_from_on"),
        sa.CheckConstraint("monthly > 0", name="ck_price_rise_price_is_a_sum"),
    )
    grant_only("price_rise", app="select, insert", worker="select, update")
    grant_only("catalogue_version", app="select, insert", worker="select")
    grant_only("offering_draft", app="select, insert, update, delete", worker="select")
    # A price that has not begun may be taken back.
    op.execute("grant delete on price to kabinet_app")
