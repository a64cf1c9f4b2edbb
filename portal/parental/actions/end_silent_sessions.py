"""A session of which nothing is heard any more does not hold its address for ever."""

from datetime import timedelta

from sqlalchemy import update

from portal.core import clock
from portal.core.db import session
from portal.parental.models import lease


def end_silent_sessions(patience: timedelta) -> int:
    """End sessions whose last packet is older than `patience`; return how many.

    Both the end and the next beginning may be lost, and the address be another home's by now.
    """
    until = clock.now() - patience
    is_silent = (
        lease.c.session.is_not(None),
        lease.c.ended_at.is_(None),
        lease.c.event_at < until,
    )
    over = {"account_id": None, "policy_id": None, "ended_at": lease.c.event_at}
    ended = session.scalars(update(lease).where(*is_silent).values(over).returning(lease.c.seq))
    return len(ended.all())
