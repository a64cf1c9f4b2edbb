"""Pages of services, orders and money."""

from portal.services.views import (
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
