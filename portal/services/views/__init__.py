"""Pages of services, orders and money."""

from portal.services.views import (
    billing,
    catalogue,
    leaving,
    money,
    network,
    orders,
    quotes,
    shelf,
    subscriptions,
)
from portal.services.views.blueprint import bp

__all__ = [
    "billing",
    "bp",
    "catalogue",
    "leaving",
    "money",
    "network",
    "orders",
    "quotes",
    "shelf",
    "subscriptions",
]
