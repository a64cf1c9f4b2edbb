"""What a supervisor looks at: what is broken, what breaks within the hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from portal.accounts.models import User
from portal.core.db import session
from portal.core.paging import Page
from portal.staff.queries.queue import Segment, Sieve, Ticket, queue, tickets
from portal.staff.urgency import Urgency

SHOWN = 50
HOURS = 7
COUNTED = 1_000
# What is late and each hour from `now` on, by the index of due times, and never more than :most.
_BY_HOUR = text(
    """
    select n, (
        select count(*) from (
            select from queue_entry
            where due_at < cast(:now as timestamptz) + interval '1 hour' * n
                and due_at >= case when n = 0 then '-infinity'
                    else cast(:now as timestamptz) + interval '1 hour' * (n - 1) end
            limit :most
        ) as waiting
    )
    from generate_series(0, :hours) as n order by n
    """
)


@dataclass(frozen=True)
class Watch:
    """The most urgent of what is broken and of what is due within the hour; 50 of each."""

    broken: Page[Ticket]
    soon: Page[Ticket]


def watch(*, by: User, now: datetime) -> Watch:
    """Return what has to be looked at now. Four statements."""
    return Watch(_most_urgent(Urgency.BROKEN, by, now), _most_urgent(Urgency.HOUR, by, now))


def due_by_hour(now: datetime) -> list[tuple[datetime, int]]:
    """Return how many wait by due time: the late ones, then each hour, named by its end.

    At most 1,000 each are counted. One statement.
    """
    rows = session.execute(_BY_HOUR, {"now": now, "hours": HOURS, "most": COUNTED})
    return [(now + timedelta(hours=n), count) for n, count in rows]


def _most_urgent(urgency: Urgency, by: User, now: datetime) -> Page[Ticket]:
    sieve = Sieve(segment=Segment.TEAM, urgency=urgency)
    return tickets(queue(sieve, by=by, now=now, per_page=SHOWN))
