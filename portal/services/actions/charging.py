"""Forecast charges: sums that the portal expects billing to send. A reference is noted once."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from portal.core import audit, clock, ids
from portal.core.db import session
from portal.core.text import local
from portal.services.causes import CompensationCause
from portal.services.models import Charge
from portal.services.proration import Month


def note_charge(
    account_id: UUID, kind: str, amount: Decimal, *, reference: str, **more: Any
) -> bool:
    """Note a sum of this month; say whether it is new. `more` are further columns of Charge.

    What is known under the reference stays, above all what billing has sent already.
    """
    now: datetime = clock.now()
    row = insert(Charge).values(
        id=ids.uuid7(),
        account_id=account_id,
        month_on=Month.of(local(now).date()).first_day,
        kind=kind,
        state="forecast",
        reference=reference,
        amount=amount,
        created_at=now,
        **more,
    )
    once = row.on_conflict_do_nothing(constraint="uq_charge_account_id_reference")
    return session.scalar(once.returning(Charge.id)) is not None


def compensate(
    account_id: UUID,
    amount: Decimal,
    *,
    cause: CompensationCause,
    reference: str,
    offering_id: UUID | None = None,
) -> bool:
    """Give `amount` (tenge, above zero) back with this month's statement, once for a reference.

    Says whether it is new; then records `services.compensation_noted`.
    """
    if amount <= 0:
        raise ValueError(f"a compensation of {amount}")
    is_new = note_charge(
        account_id,
        "compensation",
        -amount,
        reference=reference,
        cause=cause.value,
        offering_id=offering_id,
    )
    if is_new:
        audit.record(
            "services.compensation_noted",
            account_id=account_id,
            cause=cause.value,
            reference=reference,
        )
    return is_new
