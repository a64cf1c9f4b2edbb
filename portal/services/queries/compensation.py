"""Reads of what broken promises cost."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from portal.core.db import session
from portal.core.money import ZERO
from portal.promises.policy import Kind
from portal.services.compensating import in_force
from portal.services.models import CompensationTable


def compensation_tables() -> Sequence[CompensationTable]:
    """Return all versions of the table, the oldest first."""
    return session.scalars(select(CompensationTable).order_by(CompensationTable.version)).all()


def compensation_for(kind: Kind, *, day: int, on: date) -> Decimal:
    """Return what the late day `day` (from 1) of a promise adds, in tenge: zero if nothing.

    `on` is the local day on which it began: the version in force then counts.
    """
    sheet = in_force((table.sheet for table in reversed(compensation_tables())), on)
    return sheet.owed(kind, day) if sheet else ZERO
