"""Keep the releases of the operator's categories.

A release is 256 buckets of names, each kept once under the digest of what it holds: two releases
share what did not change, and a node takes only what did.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from migrations.tenancy import grant_only

revision = "0014_release_categories"
down_revision = "0013_deepen_profiles"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_sources()
    _create_releases()
    op.create_table(
        "category_in_force",
        sa.Column("node", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("loading", sa.Integer),
        sa.Column("changed_at", _INSTANT, nullable=False),
    )
    grant_only(
        "category_in_force",
        app="select",
        worker="select, insert, update, delete",
        dns="select, insert, update",
    )
    _tell_nodes()


def _create_sources() -> None:
    op.create_table(
        "category_source",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("names", sa.LargeBinary, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.Column("samples", JSONB, nullable=False),
        sa.Column("fault", JSONB),
        sa.Column("etag", sa.String, nullable=False),
        sa.Column("last_modified", sa.String, nullable=False),
        sa.Column("checked_at", _INSTANT, nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("code", "source", name="uq_category_source_code_source"),
    )
    grant_only(
        "category_source",
        app="select, insert, update, delete",
        worker="select, insert, update, delete",
    )


def _create_releases() -> None:
    op.create_table(
        "category_bucket",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("blob", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "category_release",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Integer),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("restores", sa.Integer),
        sa.Column("buckets", ARRAY(sa.LargeBinary)),
        sa.Column("counts", JSONB, nullable=False),
        sa.Column("difference", JSONB, nullable=False),
        sa.Column("blocked", JSONB, nullable=False),
        sa.Column("author_id", sa.Uuid, sa.ForeignKey("user_account.id")),
        sa.Column("prepared_at", _INSTANT, nullable=False),
        sa.Column("released_at", _INSTANT),
        sa.UniqueConstraint("number", name="uq_category_release_number"),
        sa.CheckConstraint(
            "(number is null) = (released_at is null) and number > 0",
            name="ck_category_release_number_is_of_released",
        ),
    )
    op.create_index(
        "uq_category_release_draft",
        "category_release",
        [sa.text("(number is null)")],
        unique=True,
        postgresql_where=sa.text("number is null"),
    )
    for table in ("category_bucket", "category_release"):
        grant_only(
            table,
            app="select, insert, update, delete",
            worker="select, insert, update, delete",
            dns="select",
        )


def _tell_nodes() -> None:
    op.execute(
        """
        create function tell_nodes_of_categories() returns trigger language plpgsql as $$
        begin
            perform pg_notify('categories', '');
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger tell_nodes after insert or update of number on category_release"
        " for each statement execute function tell_nodes_of_categories()"
    )
