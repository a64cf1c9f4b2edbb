"""The books of the simulated network, which no order touches, and whether a network is asked."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model


class NetworkEntry(Model):
    """What the simulated network did, in its own books: one row for each reference it was given.

    `calls` counts how often it was asked for the same; it did it once.
    """

    __tablename__ = "network_entry"

    reference: Mapped[str] = mapped_column(unique=True)
    operation: Mapped[str]
    service: Mapped[str] = mapped_column(index=True)
    change: Mapped[dict[str, str]] = mapped_column(default=dict)
    is_done: Mapped[bool]
    reason: Mapped[str | None]
    calls: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class NetworkHabit(Model):
    """How the simulated network treats an offering: it waits, refuses, or loses its answers.

    `refusal` is the reason with which the operation `refused` is answered; None: never.
    """

    __tablename__ = "network_habit"
    __table_args__ = (
        CheckConstraint("delay_ms between 0 and 60000", name="delay_is_short"),
        CheckConstraint("refused in ('activate', 'change', 'deactivate')", name="refused_is_known"),
    )

    offering_code: Mapped[str] = mapped_column(unique=True)
    delay_ms: Mapped[int] = mapped_column(default=0)
    refusal: Mapped[str | None]
    refused: Mapped[str] = mapped_column(default="activate")
    lost_answers: Mapped[int] = mapped_column(default=0)


class NetworkCircuit(Model):
    """The circuit breaker of a network, shared by every worker: see `circuit.py`."""

    __tablename__ = "network_circuit"

    name: Mapped[str] = mapped_column(unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime | None]
    open_until: Mapped[datetime | None]
    probe_until: Mapped[datetime | None]
