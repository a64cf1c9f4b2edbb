"""Pages of visits: the customer's, and the dispatcher's."""

from portal.services.visits.views import customer, desk, waiting
from portal.services.visits.views.blueprint import bp

__all__ = ["bp", "customer", "desk", "waiting"]
