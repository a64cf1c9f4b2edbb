"""Tell people of their visits."""

from datetime import datetime

from portal.core import clock
from portal.core.text import local
from portal.notify.actions import notify
from portal.promises import actions as promises
from portal.promises.fold import Happening
from portal.services.actions.telling import order_path
from portal.services.visits.models import Visit
from portal.services.visits.queries import people_of, to_be_reminded

SUBJECT = "visit"
REMINDED_AT_ONCE = 100


def tell(visit: Visit, kind: str) -> None:
    """Put a notification to who booked the visit and to who holds the contract.

    The visit's order and its offering must be loaded.
    """
    notify(
        people_of(visit),
        f"services.{kind}",
        link=order_path(visit.order),
        account_id=visit.account_id,
        visit=str(visit.id),
        name=visit.order.offering.names,
        number=visit.order.number,
        day=local(visit.starts_at).date(),
        begin=f"{local(visit.starts_at):%H:%M}",
        end=f"{local(visit.ends_at):%H:%M}",
    )


def promise(visit: Visit, happening: Happening, at: datetime | None = None) -> None:
    """Record what happened to the promise that the technician comes in time."""
    subject = promises.Subject(SUBJECT, visit.id, visit.account_id)
    if happening in {Happening.VISIT_BOOKED, Happening.VISIT_MOVED}:
        promises.record(subject, happening, at, starts_at=visit.starts_at.isoformat())
    else:
        promises.record(subject, happening, at)


def remind() -> int:
    """Remind people of the visits of tomorrow, REMINDED_AT_ONCE at a time; return how many.

    Each visit is claimed by the transaction that reminds of it: two workers never do it twice.
    """
    now = clock.now()
    waiting = to_be_reminded(now, most=REMINDED_AT_ONCE)
    for visit in waiting:
        visit.remind_at = None
        if now < visit.starts_at:
            tell(visit, "visit_reminder")
    return len(waiting)
