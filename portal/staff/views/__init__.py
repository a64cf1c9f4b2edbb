"""The specialist's desk: pages and presses."""

from portal.staff.views import canned, handling, many, queue, registering, supervising, ticket
from portal.staff.views.blueprint import bp

__all__ = [
    "bp",
    "canned",
    "handling",
    "many",
    "queue",
    "registering",
    "supervising",
    "ticket",
]
