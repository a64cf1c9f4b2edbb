"""The specialist's desk: pages and presses."""

from portal.staff.views import handling, queue, ticket
from portal.staff.views.blueprint import bp

__all__ = ["bp", "handling", "queue", "ticket"]
