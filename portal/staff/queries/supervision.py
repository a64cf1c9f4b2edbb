"""What a supervisor looks at: what is broken, what breaks within the hour."""

from dataclasses import dataclass
from datetime import datetime

from portal.accounts.models import User
from portal.core.paging import Page
from portal.staff.queries.queue import Segment, Sieve, Ticket, queue, tickets
from portal.staff.urgency import Urgency

SHOWN = 50


@dataclass(frozen=True)
class Watch:
    """The most urgent of what is broken and of what is due within the hour; 50 of each."""

    broken: Page[Ticket]
    soon: Page[Ticket]


def watch(*, by: User, now: datetime) -> Watch:
    """Return what has to be looked at now. Four statements."""
    return Watch(_most_urgent(Urgency.BROKEN, by, now), _most_urgent(Urgency.HOUR, by, now))


def _most_urgent(urgency: Urgency, by: User, now: datetime) -> Page[Ticket]:
    sieve = Sieve(segment=Segment.TEAM, urgency=urgency)
    return tickets(queue(sieve, by=by, now=now, per_page=SHOWN))
