"""What everybody may know of outages: what touches an address, and the page of all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import selectinload

from portal.accounts.models import Premises
from portal.appeals.models import Appeal
from portal.appeals.outages.models import End, Outage, OutageArea, OutageLink
from portal.appeals.states import OPEN_STATES, AppealKind
from portal.core.db import session
from portal.core.errors import NotFoundError

PLANNED_AHEAD = timedelta(days=7)
SHOWN_FOR = timedelta(days=14)
MOST_SHOWN = 100
MOST_KNOWN = 10


@dataclass(frozen=True)
class Known:
    """What is known at a place: what runs there, and the planned works that come next.

    Of several that run the one that is promised last stands first: only then all works again.
    `followed`: by which open appeal of the contract one is followed already, by its id. `fault`:
    id and number of the newest open fault of the contract that belongs to no outage.
    """

    running: Sequence[Outage] = ()
    planned: Outage | None = None
    followed: Mapping[UUID, UUID] = field(default_factory=dict)
    fault: Mapping[str, str] | None = None

    @property
    def first(self) -> Outage | None:
        """Return the outage that one is offered to follow."""
        return self.running[0] if self.running else None


@dataclass(frozen=True)
class Board:
    """The public page: what runs, what is planned, what was over in the last 14 days."""

    running: list[Outage]
    planned: list[Outage]
    past: list[Outage]
    now: datetime


def known_at(account_id: UUID, now: datetime) -> Known:
    """Return what touches the addresses of a contract now or within 7 days. One statement."""
    own = (
        select(OutageLink.appeal_id)
        .join(OutageLink.appeal)
        .where(OutageLink.account_id == account_id, OutageLink.outage_id == Outage.id)
        .where(Appeal.state.in_(OPEN_STATES))
        .limit(1)
        .scalar_subquery()
    )
    fault = (
        select(func.json_build_object("id", Appeal.id, "number", Appeal.number))
        .where(Appeal.account_id == account_id, Appeal.kind == AppealKind.FAULT)
        .where(Appeal.state.in_(OPEN_STATES))
        .where(~exists().where(OutageLink.appeal_id == Appeal.id))
        .order_by(Appeal.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = _open(now).where(touches(account_id)).add_columns(own, fault)
    rows = session.execute(query).all()
    followed = {row[0].id: row[1] for row in rows if row[1]}
    found = _known([row[0] for row in rows], now)
    return replace(found, followed=followed, fault=rows[0][2] if rows else None)


def known_in(city: str, now: datetime) -> Known:
    """Return what touches anything in a city, with its areas. Two statements, none without one."""
    if not city:
        return Known()
    in_city = exists().where(OutageArea.outage_id == Outage.id, OutageArea.city == city)
    query = _open(now).where(in_city).options(selectinload(Outage.areas))
    return _known(session.scalars(query).all(), now)


def touches(account_id: UUID) -> ColumnElement[bool]:
    """Return the condition that an outage touches an address of a contract.

    An address whose district nobody knows lies in what touches its whole city.
    """
    every = func.jsonb_array_length(Outage.technologies) == 0
    return exists().where(
        Premises.account_id == account_id,
        OutageArea.outage_id == Outage.id,
        OutageArea.city == Premises.city,
        or_(OutageArea.district == "", OutageArea.district == Premises.district),
        or_(every, Outage.technologies.cast(JSONB).has_key(Premises.technology)),
    )


def board(now: datetime, *, city: str = "") -> Board:
    """Return what the public page shows, of one city or of all; newest first. Three statements."""
    recent = and_(Outage.ended_at > now - SHOWN_FOR, Outage.end == End.RESTORED)
    query = (
        select(Outage)
        .where(or_(Outage.ended_at.is_(None), recent))
        .options(selectinload(Outage.areas), selectinload(Outage.promises))
        .order_by(Outage.started_at.desc(), Outage.id)
        .limit(MOST_SHOWN)
    )
    if city:
        query = query.where(
            exists().where(OutageArea.outage_id == Outage.id, OutageArea.city == city)
        )
    rows = session.scalars(query).all()
    return Board(
        running=[each for each in rows if each.runs(now)],
        planned=[each for each in reversed(rows) if not each.is_over and not each.runs(now)],
        past=[each for each in rows if each.is_over],
        now=now,
    )


def outage_of(outage_id: UUID) -> Outage:
    """Return an outage. Raises NotFoundError if there is none."""
    return _one(select(Outage).where(Outage.id == outage_id))


def locked_outage(outage_id: UUID, *, to_end: bool = False) -> Outage:
    """Return an outage that does not end while one joins it. Raises NotFoundError.

    Those who join hold it together; who wants `to_end` or to move it waits for them all, so that
    nobody joins what has just been restored, or misses what is told.
    """
    query = select(Outage).where(Outage.id == outage_id).with_for_update(read=not to_end)
    return _one(query.execution_options(populate_existing=True))


def _one(query: Select[Outage]) -> Outage:
    if found := session.scalar(query):
        return found
    raise NotFoundError


def _open(now: datetime) -> Select[Outage]:
    return (
        select(Outage)
        .where(Outage.ended_at.is_(None), Outage.started_at <= now + PLANNED_AHEAD)
        .order_by(Outage.promised_at.desc(), Outage.id)
        .limit(MOST_KNOWN)
    )


def _known(rows: Sequence[Outage], now: datetime) -> Known:
    ahead = sorted((each for each in rows if not each.runs(now)), key=lambda each: each.started_at)
    running = [each for each in rows if each.runs(now)]
    return Known(running, next(iter(ahead), None))
