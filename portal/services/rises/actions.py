"""Announce a rise, and bring it to every service that runs."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from portal.accounts.models import Role, User
from portal.accounts.queries import people_with
from portal.catalog.models import Offering
from portal.core import audit, clock
from portal.core.db import session, transaction
from portal.core.errors import RuleError
from portal.core.jobs import enqueue
from portal.core.text import _l, day, today
from portal.notify.actions import notify
from portal.services.models import Subscription
from portal.services.rises.models import PriceRise
from portal.services.rises.queries import next_services, rises_of
from portal.services.rises.raising import earliest, risen

TASK = "portal.services.rises.jobs.tell_of_rise"
AT_ONCE = 100


def announce_rise(offering: Offering, *, monthly: Decimal, from_on: date, by: User) -> PriceRise:
    """Let a month of `offering` cost `monthly` (tenge) from `from_on` on where it runs already.

    The worker tells each customer. Records `services.rise_announced`.
    Raises RuleError if the day is nearer than 30 days, or if a rise begins on it already.
    """
    check_day(offering, from_on)
    rise = PriceRise(
        offering=offering,
        monthly=monthly,
        from_on=from_on,
        announced_at=clock.now(),
        author_id=by.id,
    )
    session.add(rise)
    session.flush()  # The job names the rise's id.
    enqueue(session, TASK, rise_id=str(rise.id))
    audit.record(
        "services.rise_announced", subject=rise, actor=by, code=offering.code, monthly=monthly,
        from_on=from_on,
    )  # fmt: skip
    return rise


def check_day(offering: Offering, from_on: date) -> None:
    """Raise RuleError if no rise of `offering` may begin on `from_on`."""
    if from_on < (first := earliest(today())):
        raise RuleError(
            _l("Customers are told 30 days before: choose %(day)s or later."),
            field="from_on",
            day=day(first),
        )
    if any(each.from_on == from_on for each in rises_of(offering)):
        raise RuleError(_l("A rise from this day is announced already."), field="from_on")


def tell_of_rise(rise_id: UUID) -> None:
    """Bring a rise to all services, in batches of their own transactions; again does no harm.

    Who is told later than 30 days before its day pays it 30 days after being told.
    """
    last = tell_next(rise_id, after=None)
    while last is not None:
        last = tell_next(rise_id, after=last)


def tell_next(rise_id: UUID, *, after: UUID | None, most: int = AT_ONCE) -> UUID | None:
    """Bring a rise to the `most` services behind `after`, as one transaction.

    Returns the last of them; None when no more are left, and the rise is done.
    """
    with transaction(staff=True):
        rise = session.get_one(PriceRise, rise_id, with_for_update=True)
        services = next_services(rise.offering_id, after=after, most=most)
        accounts = [each.account_id for each in services]
        readers = people_with(accounts, Role.HOLDER, Role.MANAGER)
        rise.told += sum(_raise(rise, each, readers) for each in services)
        if not services:
            rise.done_at = rise.done_at or clock.now()
        return services[-1].id if services else None


def _raise(rise: PriceRise, service: Subscription, readers: dict[UUID, list[UUID]]) -> bool:
    held = service.running
    found = risen(held, rise.monthly, max(rise.from_on, earliest(today())))
    if found is None:
        return False
    begins, rates = found
    before = service.price_today
    service.set_prices(rates=rates, pauses=held.pauses)
    notify(
        readers.get(service.account_id, []),
        "services.price_rises",
        link=f"/a/{service.account_id}/services/{service.id}",
        account_id=service.account_id,
        name=service.offering.names,
        day=begins,
        sum=rise.monthly,
        before=before,
    )
    return True
