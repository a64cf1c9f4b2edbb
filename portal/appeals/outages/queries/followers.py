"""Who follows an outage, and who has not been told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, select, union_all
from sqlalchemy.orm import aliased, contains_eager, joinedload

from portal.accounts.models import Account
from portal.appeals.models import Appeal, Contact
from portal.appeals.outages.models import (
    Answer,
    Outage,
    OutageBroadcast,
    OutageDelivery,
    OutageLink,
    Word,
)
from portal.appeals.outages.queries.public import touches
from portal.appeals.states import OPEN_STATES, AppealKind, State
from portal.core import db
from portal.core.db import session
from portal.core.errors import NotFoundError


@dataclass(frozen=True)
class Joined:
    """The outage that an appeal belongs to (then `link` is there), or one that it may belong to."""

    outage: Outage
    link: OutageLink | None
    now: datetime

    @property
    def asks(self) -> bool:
        """Tell whether the customer is asked if it works again: until he has said yes."""
        link = self.link
        return link is not None and link.asked_at is not None and link.answer != Answer.YES

    @property
    def is_late(self) -> bool:
        return self.outage.is_late(self.now)

    @property
    def is_done_with(self) -> bool:
        """Tell whether it ended and the fault stayed: then another outage may be the cause."""
        return self.link is not None and self.link.answer == Answer.NO


def appeal_with_outage(
    appeal_id: UUID, now: datetime, *, account: Account
) -> tuple[Appeal, Joined | None]:
    """Return an appeal of this account, and its outage. One statement. Raises NotFoundError."""
    return _with_outage(now, Appeal.id == appeal_id, Appeal.account_id == account.id)


def tracked_with_outage(secret: str, now: datetime) -> tuple[Appeal, Joined | None]:
    """Return the appeal whose receipt carries `secret`, and its outage. Raises NotFoundError.

    Names the secret to row-level security.
    """
    digest = db.digest(secret)
    db.see(token=digest)
    return _with_outage(now, Appeal.secret_hash == digest)


def joined_of(appeal: Appeal, now: datetime) -> Joined | None:
    """Return the outage that an appeal belongs to, or None. One statement."""
    row = session.execute(
        select(Outage, OutageLink)
        .join(OutageLink, OutageLink.outage_id == Outage.id)
        .where(OutageLink.appeal_id == appeal.id)
    ).one_or_none()
    return Joined(row[0], row[1], now) if row else None


def likely_of(appeal: Appeal, now: datetime) -> Joined | None:
    """Return the outage of a fault; else one that runs at its address, if the fault is open.

    Whose fault is still there after his outage ended is shown another one that runs. One
    statement, for faults only.
    """
    if appeal.kind != AppealKind.FAULT:
        return None
    wanted = select(OutageLink.outage_id).where(OutageLink.appeal_id == appeal.id)
    suggested = wanted
    if appeal.is_open and appeal.account_id:
        suggested = _running_at(appeal.account_id, now)
    is_own = and_(OutageLink.outage_id == Outage.id, OutageLink.appeal_id == appeal.id)
    rows = session.execute(
        select(Outage, OutageLink)
        .outerjoin(OutageLink, is_own)
        .where(Outage.id.in_(union_all(wanted, suggested)))
        .order_by(OutageLink.id, Outage.promised_at.desc(), Outage.id)
        .limit(3)
    ).all()
    found = [Joined(outage, link, now) for outage, link in rows]
    return min(found, key=lambda each: each.is_done_with, default=None)


def link_of(appeal: Appeal) -> OutageLink | None:
    """Return the link of an appeal with its outage, or None."""
    return session.scalar(
        select(OutageLink)
        .where(OutageLink.appeal_id == appeal.id)
        .options(joinedload(OutageLink.outage))
    )


def own_link(account_id: UUID, outage_id: UUID) -> OutageLink | None:
    """Return by which open appeal of a contract an outage is followed already, or None."""
    return session.scalar(
        select(OutageLink)
        .join(OutageLink.appeal)
        .where(OutageLink.account_id == account_id, OutageLink.outage_id == outage_id)
        .where(Appeal.state.in_(OPEN_STATES))
        .options(contains_eager(OutageLink.appeal))
        .order_by(OutageLink.id)
        .limit(1)
    )


def undone() -> Sequence[UUID]:
    """Return the outages of which somebody may not have been told something, the oldest first."""
    rows = session.scalars(
        select(OutageBroadcast.outage_id)
        .where(OutageBroadcast.done_at.is_(None))
        .order_by(OutageBroadcast.id)
        .limit(100)
    )
    return list(dict.fromkeys(rows))


def undone_of(outage_id: UUID) -> OutageBroadcast | None:
    """Return the oldest word that has not come to everybody, locked: one worker at a time."""
    return session.scalar(
        select(OutageBroadcast)
        .where(OutageBroadcast.outage_id == outage_id, OutageBroadcast.done_at.is_(None))
        .options(joinedload(OutageBroadcast.author))
        .order_by(OutageBroadcast.id)
        .limit(1)
        .with_for_update(of=OutageBroadcast)
    )


def untold(broadcast: OutageBroadcast, *, most: int) -> Sequence[tuple[OutageLink, Appeal]]:
    """Return open appeals that have not got a word, with their contacts, locked in one order.

    An end comes to all who are linked, another word to those who were when it was said.
    """
    told = aliased(OutageDelivery)
    query = (
        select(OutageLink, Appeal)
        .join(Appeal, Appeal.id == OutageLink.appeal_id)
        .join(Contact, Contact.id == Appeal.contact_id)
        .options(contains_eager(Appeal.contact))
        .where(OutageLink.outage_id == broadcast.outage_id, Appeal.state.in_(OPEN_STATES))
        .where(~exists().where(told.broadcast_id == broadcast.id, told.appeal_id == Appeal.id))
        .order_by(Appeal.id)
        .limit(most)
        .with_for_update(of=Appeal)
    )
    if broadcast.word != Word.RESTORED:
        query = query.where(OutageLink.linked_at <= broadcast.at)
    rows = session.execute(query.execution_options(populate_existing=True)).all()
    return [(link, appeal) for link, appeal in rows]


def to_remind(asked_before: datetime, *, most: int) -> Sequence[tuple[OutageLink, Appeal]]:
    """Return whom nobody has heard from since he was asked, oldest first, locked for this job."""
    rows = session.execute(
        select(OutageLink, Appeal)
        .join(Appeal, Appeal.id == OutageLink.appeal_id)
        .where(OutageLink.asked_at < asked_before)
        .where(OutageLink.answer.is_(None), OutageLink.reminded_at.is_(None))
        .where(Appeal.state == State.ANSWERED)
        .order_by(OutageLink.asked_at, OutageLink.id)
        .limit(most)
        .with_for_update(of=OutageLink, skip_locked=True)
    ).all()
    return [(link, appeal) for link, appeal in rows]


def restorer_of(link: OutageLink) -> UUID:
    """Return who said last that the outage of this link is restored."""
    return session.scalars(
        select(OutageBroadcast.author_id)
        .where(OutageBroadcast.outage_id == link.outage_id, OutageBroadcast.word == Word.RESTORED)
        .order_by(OutageBroadcast.id.desc())
        .limit(1)
    ).one()


def _running_at(account_id: UUID, now: datetime) -> Select[UUID]:
    return select(Outage.id).where(
        Outage.ended_at.is_(None), Outage.started_at <= now, touches(account_id)
    )


def _with_outage(now: datetime, *own: ColumnElement[bool]) -> tuple[Appeal, Joined | None]:
    row = session.execute(
        select(Appeal, Outage, OutageLink)
        .outerjoin(OutageLink, OutageLink.appeal_id == Appeal.id)
        .outerjoin(Outage, Outage.id == OutageLink.outage_id)
        .where(*own)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    link: OutageLink | None = row[2]
    return row[0], Joined(row[1], link, now) if link is not None else None
