"""TMF621 Trouble Ticket 4.0: the words of tickets, in both directions. Pure.

Source: TM Forum, TMF621 Trouble Ticket Management API REST Specification R19.0.1.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from portal.appeals.models import LONGEST_BODY, LONGEST_SUBJECT
from portal.appeals.states import AppealKind, Author, Channel, Proof, State
from portal.core.text import is_storable


class Status(StrEnum):
    """Where a ticket stands."""

    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    PENDING = "pending"
    HELD = "held"
    IN_PROGRESS = "inProgress"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    RESOLVED = "resolved"


STATUS_OF: dict[State, Status] = {
    State.REGISTERED: Status.ACKNOWLEDGED,
    State.IN_PROGRESS: Status.IN_PROGRESS,
    State.WAITING_CUSTOMER: Status.PENDING,
    State.ANSWERED: Status.RESOLVED,
    State.REOPENED: Status.IN_PROGRESS,
    State.CLOSED: Status.CLOSED,
    State.WITHDRAWN: Status.CANCELLED,
    State.REJECTED: Status.REJECTED,
}
# Nothing of ours is held: a promise runs, or waits for the customer.
STATES_OF: dict[Status, tuple[State, ...]] = {
    Status.ACKNOWLEDGED: (State.REGISTERED,),
    Status.REJECTED: (State.REJECTED,),
    Status.PENDING: (State.WAITING_CUSTOMER,),
    Status.HELD: (),
    Status.IN_PROGRESS: (State.IN_PROGRESS, State.REOPENED),
    Status.CANCELLED: (State.WITHDRAWN,),
    Status.CLOSED: (State.CLOSED,),
    Status.RESOLVED: (State.ANSWERED,),
}
# The portal opens these itself, with the customer in front of it.
OWN_CHANNELS = {Channel.FORM, Channel.CHAT}


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("holds control characters")
    if not text.strip():
        raise ValueError("is empty")
    return text.strip()


def _other_channel(channel: Channel) -> Channel:
    if channel in OWN_CHANNELS:
        raise ValueError("is a channel of the portal itself")
    return channel


Text = Annotated[str, Field(max_length=LONGEST_BODY), AfterValidator(_storable)]
Line = Annotated[str, Field(max_length=LONGEST_SUBJECT), AfterValidator(_storable)]


class _Said(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=False
    )


class ChannelSaid(_Said):
    """Where the customer spoke."""

    name: Annotated[Channel, AfterValidator(_other_channel)]


class ContactSaid(_Said):
    """Who wrote, and how he is reached: an e-mail address, a phone number, a name at a network."""

    name: Line
    address: Line
    language: Literal["kk", "ru", "en"] = "ru"


class CustomerSaid(_Said):
    """The contract of the customer, and how the caller has proven that it is his."""

    id: Line
    role: Literal["customer"]
    proof: Proof


class NoteSaid(_Said):
    """A message: of the customer, which the caller passes on, or of the specialist."""

    id: str | None = None
    date: datetime | None = None
    author: Author = Author.SPECIALIST
    kind: str | None = None
    text: Text


class TicketSaid(_Said):
    """A new ticket: an appeal that came by another channel."""

    external_id: Line | None = None
    ticket_type: AppealKind
    severity: Line | None = None
    name: Line
    description: Text
    channel: ChannelSaid
    received_at: AwareDatetime
    contact: ContactSaid
    related_party: Annotated[tuple[CustomerSaid, ...], Field(max_length=1)] = ()


class PatchSaid(_Said):
    """What changes in a ticket: a status, a message, or both."""

    status: Status | None = None
    status_change_reason: Text | None = None
    note: tuple[NoteSaid, ...] = ()


def faults_of(error: ValidationError) -> dict[str, str]:
    """Return what is wrong with what was said, field by field: {"channel.name": "..."}."""
    return {
        ".".join(str(part) for part in each["loc"]) or "body": each["msg"]
        for each in error.errors(include_url=False, include_context=False, include_input=False)
    }


def only(ticket: dict[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """Return a ticket with the named attributes, and those that say which one it is."""
    wanted = {"id", "href", *fields}
    return {key: value for key, value in ticket.items() if key in wanted}


def notes(messages: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the conversation as notes, oldest first; an erased text is null.

    Notes among specialists are no messages and never stand here.
    """
    return [
        {
            "id": str(message.id),
            "date": message.at.isoformat(),
            "author": message.author,
            "kind": message.kind,
            "text": message.body.body if message.body else None,
        }
        for message in messages
    ]


def is_customers(note: NoteSaid) -> bool:
    """Say whether the caller passes on what the customer wrote."""
    return note.author is Author.CUSTOMER
