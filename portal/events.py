"""The domain events: names and ids only. `core/events.py` carries them."""

from dataclasses import dataclass
from datetime import datetime
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
class ServicePaused:
    """An offering rests on an account: it is there, and does not work."""

    account_id: UUID
    offering_code: str


@dataclass(frozen=True)
class ServiceResumed:
    """An offering that rested works again on an account."""

    account_id: UUID
    offering_code: str


@dataclass(frozen=True)
class OrderFailed:
    """The network refused an order for good; nothing of it works, or (`is_partial`) a part."""

    account_id: UUID
    order_id: UUID
    order_number: str
    user_id: UUID
    is_partial: bool = False


@dataclass(frozen=True)
class OrderHeld:
    """The network did not answer so often that an order waits for specialists."""

    account_id: UUID
    order_id: UUID
    order_number: str
    user_id: UUID


@dataclass(frozen=True)
class OrderLate:
    """The network has had an order for hours and has not done it; it is asked on. Told once."""

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
    order_number: str = ""


@dataclass(frozen=True)
class OrderCancelling:
    """The customer cancels an order that the network holds; what it did of it is taken back."""

    account_id: UUID
    order_id: UUID
    order_number: str


@dataclass(frozen=True)
class OrderCancelled:
    """The customer cancelled an order: nothing of it holds."""

    account_id: UUID
    order_id: UUID
    order_number: str = ""


@dataclass(frozen=True)
class AppealRegistered:
    """An appeal has its number; its first message comes next."""

    appeal_id: UUID


@dataclass(frozen=True)
class MessageAdded:
    """Something was said in an appeal; `author` and `kind` are words of `appeals/states.py`."""

    appeal_id: UUID
    message_id: UUID
    author: str
    kind: str


@dataclass(frozen=True)
class PromiseDue:
    """A part (in percent) of an open promise's time has passed."""

    subject_kind: str
    subject_id: UUID
    kind: str
    cycle: int
    percent: int
    due_at: datetime


@dataclass(frozen=True)
class PromiseBroken:
    """A promise was not kept: its time is over; told once."""

    subject_kind: str
    subject_id: UUID
    kind: str
    cycle: int
    due_at: datetime


@dataclass(frozen=True)
class PromiseLate:
    """A day begins on which a promise is late; the first one begins with its breach.

    `began_at` is when the day began, which may be noticed later.
    """

    subject_kind: str
    subject_id: UUID
    kind: str
    cycle: int
    account_id: UUID | None
    day: int
    began_at: datetime


@dataclass(frozen=True)
class StepsPassed:
    """What time did to promises, in order: all that was noticed at once.

    Each PromiseDue and PromiseBroken has been published by itself before.
    """

    steps: tuple[PromiseDue | PromiseBroken | PromiseLate, ...]


@dataclass(frozen=True)
class CompensationCredited:
    """The operator gives money (tenge) back for a broken promise.

    `day` counts the late days, from 1.
    """

    account_id: UUID
    subject_kind: str
    subject_id: UUID
    kind: str
    cycle: int
    day: int
    amount: Decimal


@dataclass(frozen=True)
class AppealAnswered:
    """A specialist gave the final answer of a cycle; the customer may rate it.

    `answered_by` is the specialist's name as the customer reads it. `address` and `language` are
    given for somebody without an account, who is reached by nothing else.
    """

    appeal_id: UUID
    cycle: int
    number: str
    topic: str
    account_id: UUID | None
    secret_hash: str | None
    answered_by_id: UUID
    answered_by: str
    channel: str = "form"
    address: str = ""
    language: str = ""


@dataclass(frozen=True)
class ContactNoted:
    """A specialist wrote down a call or a talk in an office as an appeal; it may be rated.

    `noted_by` is his name as the customer reads it. `address` and `language` are given for
    somebody without an account.
    """

    appeal_id: UUID
    number: str
    topic: str
    channel: str
    account_id: UUID | None
    user_id: UUID | None
    secret_hash: str | None
    noted_by_id: UUID
    noted_by: str
    address: str = ""
    language: str = ""


@dataclass(frozen=True)
class VisitDone:
    """A technician has done what he came for; `user_id` is who booked the visit."""

    account_id: UUID
    visit_id: UUID
    order_number: str
    user_id: UUID


@dataclass(frozen=True)
class RatingGiven:
    """A customer rated a contact, 1 to 5."""

    subject_kind: str
    subject_id: UUID
    score: int
