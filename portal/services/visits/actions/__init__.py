"""Writes of visits: one module per kind of use case."""

from portal.services.visits.actions.booking import (
    SlotGoneError,
    book_for_customer,
    book_visit,
    cancel_visit,
    move_visit,
    order_with_visit,
    release_visit,
)
from portal.services.visits.actions.places import change_places, except_day
from portal.services.visits.actions.results import (
    Finding,
    finish_order_visit,
    miss_overdue,
    record_result,
)
from portal.services.visits.actions.telling import remind

__all__ = [
    "Finding",
    "SlotGoneError",
    "book_for_customer",
    "book_visit",
    "cancel_visit",
    "change_places",
    "except_day",
    "finish_order_visit",
    "miss_overdue",
    "move_visit",
    "order_with_visit",
    "record_result",
    "release_visit",
    "remind",
]
