"""Forgetting what was closed."""

from datetime import date

from sqlalchemy import delete

from portal.core.db import session
from portal.parental.counts.models import (
    COUNTS_KEPT,
    NAMES_KEPT,
    parental_blocked_name,
    parental_count,
)
from portal.parental.models import Profile


def forget_names(profile: Profile) -> None:
    """Delete the log of closed names: a parent has turned it off."""
    table = parental_blocked_name
    own = (table.c.policy_id == profile.policy_id, table.c.account_id == profile.account_id)
    session.execute(delete(table).where(*own))


def forget_old(today: date) -> None:
    """Delete counts and names of all homes that are older than they are kept."""
    old_counts = parental_count.c.day_on < today - COUNTS_KEPT
    old_names = parental_blocked_name.c.day_on <= today - NAMES_KEPT
    session.execute(delete(parental_count).where(old_counts))
    session.execute(delete(parental_blocked_name).where(old_names))
