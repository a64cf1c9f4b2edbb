"""The tables of services."""

from portal.services.models.billing import BillingImport, BillingRefusal
from portal.services.models.compensation import CompensationTable
from portal.services.models.held import Charge, Subscription
from portal.services.models.network import NetworkCircuit, NetworkEntry, NetworkHabit
from portal.services.models.ordering import QUOTE_LIFE, Order, OrderItem, OrderStep, Quote

__all__ = [
    "QUOTE_LIFE",
    "BillingImport",
    "BillingRefusal",
    "Charge",
    "CompensationTable",
    "NetworkCircuit",
    "NetworkEntry",
    "NetworkHabit",
    "Order",
    "OrderItem",
    "OrderStep",
    "Quote",
    "Subscription",
]
