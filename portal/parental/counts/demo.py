"""What was closed for the demo's child in the last days."""

from datetime import timedelta

from sqlalchemy import insert

from portal.core.db import session
from portal.core.text import today
from portal.parental.categories.registry import registry
from portal.parental.counts.models import NO_BIT, parental_count
from portal.parental.models import Profile

WEEK = (
    ("category", "tiktok", (41, 38, 12, 9, 22, 57, 48)),
    ("category", "roblox", (16, 20, 31, 18, 11, 40, 35)),
    ("window", "games", (8, 11, 9, 14, 6, 0, 0)),
    ("own_block", None, (3, 0, 5, 2, 4, 7, 6)),
)  # oldest first, the last is today


def load(child: Profile) -> None:
    """Count a week of what was closed, by category and day."""
    rows = [
        {
            "policy_id": child.policy_id,
            "account_id": child.account_id,
            "day_on": today() - timedelta(days=len(figures) - 1 - place),
            "outcome": outcome,
            "bit": registry().entry(code).bit if code else NO_BIT,
            "times": times,
        }
        for outcome, code, figures in WEEK
        for place, times in enumerate(figures)
        if times
    ]
    session.execute(insert(parental_count), rows)
