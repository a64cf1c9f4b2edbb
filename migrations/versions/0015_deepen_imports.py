"""Let a long list be read by the worker, and an import be undone.

Lists that were prepared before are read; those that were taken over before can't be undone, as
the version that they made is not known.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0015_deepen_imports"
down_revision = "0014_release_categories"
branch_labels = None
depends_on = None

_TABLE = "parental_import"


def upgrade() -> None:
    op.add_column(
        _TABLE, sa.Column("is_being_read", sa.Boolean, nullable=False, server_default=sa.false())
    )
    for column in ("lines", "lines_read"):
        op.add_column(_TABLE, sa.Column(column, sa.Integer, nullable=False, server_default="0"))
    for column in (
        sa.Column("written_as", sa.String),
        sa.Column("format", sa.String),
        sa.Column("content", sa.Text),
        sa.Column("fault", pg.JSONB),
        sa.Column("version", sa.Integer),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
    ):
        op.add_column(_TABLE, column)
