"""What the supervisor of the demo thinks about: a draft that nobody has released yet."""

from portal.accounts.demo import Cast
from portal.core.db import session
from portal.promises.planning import actions, queries
from portal.promises.policy import Rule


def load(cast: Cast) -> None:
    """Begin a draft in which faults are repaired within one day."""
    session.flush()  # Who changes the draft is of the same transaction.
    draft = queries.draft()
    place, row = next(
        (place, row) for place, row in enumerate(draft.terms, 1) if Rule(row["rule"]) is Rule.REPAIR
    )
    actions.save_line(place, {**row, "working_days": 1}, seen=draft.seen, by=cast.supervisor)
