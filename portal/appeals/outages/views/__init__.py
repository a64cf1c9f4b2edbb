"""Pages of outages: the customer's acts, the public page, the desk."""

from portal.appeals.outages.views import customer, desk, public
from portal.appeals.outages.views.blueprint import bp

__all__ = ["bp", "customer", "desk", "public"]
