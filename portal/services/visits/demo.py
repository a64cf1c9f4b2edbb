"""Visits of the demo: technicians in two towns, and two people who await one."""

from datetime import datetime, time, timedelta

from portal.accounts.demo import NEIGHBOURS_DISTRICT, Cast
from portal.accounts.models import User
from portal.core import clock
from portal.core.db import session
from portal.core.text import ZONE, today
from portal.services.actions import place_order, quote_connection
from portal.services.models import Order
from portal.services.visits.actions import book_visit, change_places, except_day
from portal.services.visits.models import Area

ALMATY, KASKELEN = Area("almaty"), Area("kaskelen")
AUEZOV = Area("almaty", NEIGHBOURS_DISTRICT)
EACH_DAY = dict.fromkeys(range(7), 1)
BOOKED_AGO = timedelta(days=2)
IN_DAYS = timedelta(days=3)
NEIGHBOURS_WISH = "camera"


def load(cast: Cast, order: Order) -> None:
    """Let technicians work, every day but one, and come for `order` and to the neighbour.

    One technician per slot works in each area, so the times of these two are taken for others.
    """
    for area in (ALMATY, AUEZOV, KASKELEN):
        change_places(area, EACH_DAY, by=cast.supervisor)
    except_day(ALMATY, today() + timedelta(days=9), 0, by=cast.supervisor)
    session.flush()  # The places are counted in the database.
    _book(order, by=cast.aigerim, hour=15)
    quote = quote_connection(cast.neighbours, [NEIGHBOURS_WISH], by=cast.neighbour)
    his = place_order(cast.neighbours, quote, by=cast.neighbour, undo=timedelta(0))
    session.flush()  # A visit is booked for an order of the database.
    _book(his, by=cast.neighbour, hour=11)


def _book(order: Order, *, by: User, hour: int) -> None:
    """Book a visit in IN_DAYS days, some time ago."""
    starts_at = datetime.combine(today() + IN_DAYS, time(hour), tzinfo=ZONE)
    with clock.standing_at(clock.now() - BOOKED_AGO):
        book_visit(order, starts_at, by=by)
