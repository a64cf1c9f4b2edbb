"""Reading from the audit what was let out."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.audit import AuditEvent
from tests.cast import Person


def exports(db: Session, by: Person | None = None) -> list[tuple[str, dict[str, Any]]]:
    """Return kind and details of all exports of somebody, or of commands, in their order."""
    query = (
        select(AuditEvent.kind, AuditEvent.details)
        .where(AuditEvent.kind.like("%exported"))
        .where(AuditEvent.actor_id == by.id if by else AuditEvent.actor_id.is_(None))
        .order_by(AuditEvent.seq)
    )
    return [(kind, details) for kind, details in db.execute(query)]
