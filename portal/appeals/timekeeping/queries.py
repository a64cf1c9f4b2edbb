"""Reads for the tracker's steps, and of what was given back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portal.accounts.models import Membership, Role, User
from portal.appeals.models import Appeal, Contact
from portal.core import clock
from portal.core.db import session


@dataclass(frozen=True)
class Watched:
    """An appeal as a notice names it; `assignee_id` is who has it and may still sign in."""

    id: UUID
    number: str
    topic: str
    assignee_id: UUID | None


def watched(appeals: Collection[UUID]) -> Mapping[UUID, Watched]:
    """Return these appeals by id. One statement. For the worker."""
    rows = session.execute(
        select(Appeal.id, Appeal.number, Appeal.subject, User.id)
        .outerjoin(User, (User.id == Appeal.assignee_id) & User.disabled_at.is_(None))
        .where(Appeal.id.in_(appeals))
    )
    return {row[0]: Watched(*row) for row in rows}


def owners_of(appeal: Appeal) -> Sequence[UUID]:
    """Return who holds the appeal's contract now, and who wrote. One statement. For the worker."""
    runs = Membership.ends_at.is_(None) | (Membership.ends_at > clock.now())
    holders = select(Membership.user_id).where(
        Membership.account_id == appeal.account_id, Membership.role == Role.HOLDER, runs
    )
    writer = select(Contact.user_id).where(
        Contact.id == appeal.contact_id, Contact.user_id.is_not(None)
    )
    return session.scalars(holders.union(writer)).all()
