"""Equip the specialist's desk."""

revision = "0021_equip_desk"
down_revision = "0020_talk_live"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
