"""The domain events: names and ids only. `core/events.py` carries them."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True)
class SpendingLimited:
    """A holder says for how much tenge a member may order in a month; None: for any sum."""

    account_id: UUID
    user_id: UUID
    limit: Decimal | None


@dataclass(frozen=True)
class ServiceStarted:
    """An offering begins to work on an account."""

    account_id: UUID
    offering_code: str


@dataclass(frozen=True)
class ServiceEnded:
    """An offering no longer works on an account."""

    account_id: UUID
    offering_code: str


@dataclass(frozen=True)
class OrderFailed:
    """The network refused an order for good; nothing of it works."""

    account_id: UUID
    order_id: UUID
    order_number: str
    user_id: UUID


@dataclass(frozen=True)
class OrderCompleted:
    """All that an order asked for is done."""

    account_id: UUID
    order_id: UUID
    user_id: UUID
    ref: str | None


@dataclass(frozen=True)
class OrderCancelled:
    """The customer cancelled an order of which nothing had been started."""

    account_id: UUID
    order_id: UUID


@dataclass(frozen=True)
class AppealAnswered:
    """A specialist gave the final answer of a cycle; the customer may rate it.

    `answered_by` is the specialist's name as the customer reads it.
    """

    appeal_id: UUID
    cycle: int
    number: str
    topic: str
    account_id: UUID | None
    secret_hash: str | None
    answered_by_id: UUID
    answered_by: str


@dataclass(frozen=True)
class RatingGiven:
    """A customer rated a contact, 1 to 5."""

    subject_kind: str
    subject_id: UUID
    score: int
