"""Let nodes read the free days from the operator's calendar.

Nodes see of what is promised only its versions and calendars: no term, and no promise.
"""

from alembic import op

revision = "0031_free_days"
down_revision = "0030_tidy_parental"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("grant select (version, since_on, calendars) on promise_policy to kabinet_dns")
    op.execute("grant select (name, version, body) on sla_calendar to kabinet_dns")
