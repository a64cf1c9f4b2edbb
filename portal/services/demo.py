"""What the people of the demo have: services, an order on its way, and what billing says."""

from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from portal import catalog
from portal.accounts.demo import Cast
from portal.accounts.models import Account, Premises
from portal.catalog.actions import load_catalogue
from portal.catalog.models import Offering, Price
from portal.catalog.queries import in_force
from portal.catalog.reading import read_catalogue
from portal.core import clock
from portal.core.db import session
from portal.core.text import local
from portal.services import leaving_demo, money_demo
from portal.services.actions import place_order, quote_connection
from portal.services.models import NetworkHabit, Order, Subscription
from portal.services.simulator import ANY_OFFERING
from portal.services.visits import demo as visits

CATALOGUE = Path(catalog.__file__).with_name("offerings.yaml")
HOME = ("vmeste-200", "tv-optimal", "phone-home", "parental-control", "antivirus", "router-wifi6")
PARENTS = ("vmeste-100", "tv-basic", "phone-home", "tv-kids")
NEIGHBOURS = ("vmeste-500", "static-ip")
SINCE = timedelta(days=400)
ORDERED_AGO = timedelta(days=2)
ON_ITS_WAY = "tv-box-second"
REFUSED = "vmeste-1000"
PACE_MS = 3000


def load(cast: Cast) -> None:
    """Add the catalogue, what everybody has, and one order that waits for a technician."""
    load_catalogue(read_catalogue(CATALOGUE.read_text(encoding="utf-8")))
    session.flush()  # The subscriptions' foreign keys need the offerings.
    for account, codes in (
        (cast.home, HOME),
        (cast.parents, PARENTS),
        (cast.neighbours, NEIGHBOURS),
    ):
        _subscribe(account, codes)
    money_demo.load(cast)
    visits.load(cast, _order(cast))
    leaving_demo.load(cast)
    session.add(NetworkHabit(offering_code=ANY_OFFERING, delay_ms=PACE_MS))
    session.add(NetworkHabit(offering_code=REFUSED, delay_ms=PACE_MS, refusal="no_capacity"))


def _subscribe(account: Account, codes: tuple[str, ...]) -> None:
    started_at = clock.now() - SINCE
    started_on: date = local(started_at).date()
    place: UUID | None = session.scalar(
        select(Premises.id).where(Premises.account_id == account.id).order_by(Premises.id)
    )
    rows = session.execute(
        select(Offering, Price.monthly)
        .join(Price, (Price.offering_id == Offering.id) & in_force(clock.now()))
        .where(Offering.code.in_(codes))
        .order_by(Offering.position)
    )
    for offering, monthly in rows:
        session.add(
            Subscription(
                account_id=account.id,
                premises_id=place,
                offering_id=offering.id,
                price=monthly,
                started_at=started_at,
                started_on=started_on,
            )
        )


def _order(cast: Cast) -> Order:
    """Order a second TV box, two days ago: it waits for the technician."""
    session.flush()  # The terms are composed from what is in the database.
    quote = quote_connection(cast.home, [ON_ITS_WAY], by=cast.aigerim)
    order = place_order(cast.home, quote, by=cast.aigerim, undo=timedelta(0))
    _move(order, clock.now() - ORDERED_AGO)
    return order


def _move(order: Order, placed_at: datetime) -> None:
    order.placed_at = order.starts_at = order.next_try_at = placed_at
    for step in order.history:
        step.at = placed_at + timedelta(hours=step.position - 1)
