"""Let letters in: each is written down once; what goes out may have headers of its own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.tenancy import protect

revision = "0020_talk_live"
down_revision = "0019_time_promises"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_OF_APPEAL = (
    "incoming_mail.appeal_id is not null"
    " and exists (select 1 from appeal a where a.id = incoming_mail.appeal_id)"
)


def upgrade() -> None:
    op.add_column(
        "mail", sa.Column("headers", pg.JSONB, nullable=False, server_default=sa.text("'{}'"))
    )
    op.create_table(
        "incoming_mail",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("message_id", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("appeal_id", sa.Uuid, sa.ForeignKey("appeal.id")),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("key", name="uq_incoming_mail_key"),
        sa.CheckConstraint(
            "outcome in ('appeal', 'reply', 'own', 'loop', 'bounce', 'automatic', 'list')",
            name="ck_incoming_mail_outcome_is_known",
        ),
        sa.CheckConstraint(
            "(outcome in ('appeal', 'reply')) or appeal_id is null",
            name="ck_incoming_mail_robots_have_no_appeal",
        ),
    )
    op.create_index("ix_incoming_mail_appeal_id", "incoming_mail", ["appeal_id"])
    op.create_index("ix_incoming_mail_received_at", "incoming_mail", ["received_at"])
    op.create_index("ix_incoming_mail_message_id", "incoming_mail", ["message_id"])
    protect("incoming_mail", extra=_OF_APPEAL)
