"""A rise in the demo: the neighbour's static address will cost more, and he is told."""

from datetime import date, timedelta
from decimal import Decimal

from portal.accounts.demo import Cast
from portal.core.text import today
from portal.services.rises.actions import announce_rise
from portal.services.rises.queries import offering_of_rise
from portal.services.rises.raising import earliest

CODE, MONTHLY = "static-ip", Decimal(1190)


def load(cast: Cast) -> None:
    """Announce it; the worker tells the customers when it starts."""
    offering = offering_of_rise(CODE)
    announce_rise(offering, monthly=MONTHLY, from_on=_first_of_a_month(), by=cast.manager)


def _first_of_a_month() -> date:
    """Return the first day of a month that is far enough away."""
    return (earliest(today()) + timedelta(days=31)).replace(day=1)
