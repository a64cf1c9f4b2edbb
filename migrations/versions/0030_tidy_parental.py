"""Keep names of closed sites only from when a parent wanted them; find what has ended by itself.

Nodes see of a profile its number, its home and since when names are kept: nothing of its rules.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030_tidy_parental"
down_revision = "0029_tell_of_held_orders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("parental_profile", sa.Column("names_since", sa.DateTime(timezone=True)))
    op.execute(
        "update parental_profile set names_since = now() where settings ->> 'keeps_log' = 'true'"
    )
    op.execute(
        "delete from parental_blocked_name as n where not exists (select from parental_profile"
        " where policy_id = n.policy_id and names_since is not null)"
    )
    op.execute("create policy dns on parental_profile for select to kabinet_dns using (true)")
    op.execute(
        "grant select (policy_id, account_id, names_since) on parental_profile to kabinet_dns"
    )
    op.create_index(
        "ix_parental_rule_expires_at",
        "parental_rule",
        ["expires_at"],
        postgresql_where=sa.text("removed_at is null and expires_at is not null"),
    )
    op.create_index(
        "ix_parental_rule_removed_at",
        "parental_rule",
        ["removed_at"],
        postgresql_where=sa.text("removed_at is not null"),
    )
