"""Let customers follow outages."""

revision = "0022_follow_outages"
down_revision = "0021_equip_desk"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
