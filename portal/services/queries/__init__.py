"""Reads of services: one module per kind."""

from portal.services.queries.around import (
    fees_of,
    household_of,
    surroundings_of,
    terms_by_day,
    unended_orders,
)
from portal.services.queries.compensation import compensation_for, compensation_tables
from portal.services.queries.held import (
    MonthView,
    charges_since,
    extras_of,
    month_of,
    overlapping,
    running_after,
    subscription_of,
    subscriptions_of,
    subscriptions_page,
)
from portal.services.queries.money import (
    Ledger,
    first_month,
    import_of,
    imports_page,
    ledger_of,
    refusals_page,
)
from portal.services.queries.orders import (
    locked_order,
    newest_open,
    open_orders,
    order_of,
    order_of_quote,
    order_touching,
    orders_page,
    quote_of,
)

__all__ = [
    "Ledger",
    "MonthView",
    "charges_since",
    "compensation_for",
    "compensation_tables",
    "extras_of",
    "fees_of",
    "first_month",
    "household_of",
    "import_of",
    "imports_page",
    "ledger_of",
    "locked_order",
    "month_of",
    "newest_open",
    "open_orders",
    "order_of",
    "order_of_quote",
    "order_touching",
    "orders_page",
    "overlapping",
    "quote_of",
    "refusals_page",
    "running_after",
    "subscription_of",
    "subscriptions_of",
    "subscriptions_page",
    "surroundings_of",
    "terms_by_day",
    "unended_orders",
]
