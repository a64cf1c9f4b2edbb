"""What stands in the margin of a contract's appeal: who looked, what came back, what it follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from portal.appeals.models import Appeal
from portal.appeals.queries import VIEWED
from portal.appeals.timekeeping.models import AppealCredit
from portal.core.audit import AuditEvent
from portal.core.db import session


@dataclass(frozen=True)
class Margin:
    """How often specialists opened the customer's facts, and when last; what was given back.

    `earlier` is the appeal of the same contract that this one follows.
    """

    views: int = 0
    viewed_at: datetime | None = None
    credits: Sequence[AppealCredit] = ()
    earlier: Appeal | None = None


def margin_of(appeal: Appeal) -> Margin:
    """Return the margin of an appeal; empty without a contract. One statement."""
    if appeal.account_id is None:
        return Margin()
    looked = (
        select(func.count().label("times"), func.max(AuditEvent.created_at).label("last"))
        .where(
            AuditEvent.account_id == appeal.account_id,
            AuditEvent.subject_id == appeal.id,
            AuditEvent.kind == VIEWED,
        )
        .subquery()
    )
    earlier = aliased(Appeal)
    is_earlier = and_(earlier.id == appeal.follows_id, earlier.account_id == appeal.account_id)
    rows = session.execute(
        select(looked.c.times, looked.c.last, earlier, AppealCredit)
        .select_from(looked)
        .outerjoin(earlier, is_earlier)
        .outerjoin(AppealCredit, AppealCredit.appeal_id == appeal.id)
        .order_by(AppealCredit.credited_at, AppealCredit.id)
    ).all()
    times, last, followed, _ = rows[0]
    return Margin(times, last, [row[3] for row in rows if row[3]], followed)
