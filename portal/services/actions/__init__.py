"""Writes of services: one module per kind of use case."""

from portal.services.actions.billing import forget_imports, import_feed, take_over
from portal.services.actions.charging import compensate
from portal.services.actions.compensating import (
    add_compensation_table,
    credit_late_day,
    credit_later,
)
from portal.services.actions.fulfilment import (
    fulfil_order,
    hear,
    hear_later,
    resume_orders,
    retry_order,
)
from portal.services.actions.lateness import tell_of_late_orders
from portal.services.actions.limits import allowance_of, tell_limit
from portal.services.actions.orders import cancel_order, finish_visit, place_order
from portal.services.actions.quotes import (
    TermsChangedError,
    forget_quotes,
    quote_connection,
    quote_disconnection,
    quote_pause,
    quote_resume,
    renew_quote,
)
from portal.services.actions.running import RunningTaken, import_running
from portal.services.actions.waking import wake_services

__all__ = [
    "RunningTaken",
    "TermsChangedError",
    "add_compensation_table",
    "allowance_of",
    "cancel_order",
    "compensate",
    "credit_late_day",
    "credit_later",
    "finish_visit",
    "forget_imports",
    "forget_quotes",
    "fulfil_order",
    "hear",
    "hear_later",
    "import_feed",
    "import_running",
    "place_order",
    "quote_connection",
    "quote_disconnection",
    "quote_pause",
    "quote_resume",
    "renew_quote",
    "resume_orders",
    "retry_order",
    "take_over",
    "tell_limit",
    "tell_of_late_orders",
    "wake_services",
]
