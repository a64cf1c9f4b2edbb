"""What the desk reads of outages: the list, how many one touches, how it goes with followers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Premises
from portal.appeals.models import Appeal
from portal.appeals.outages.models import Outage, OutageArea, OutageBroadcast, OutageLink
from portal.appeals.outages.places import Area
from portal.appeals.outages.queries.followers import Joined, likely_of
from portal.appeals.states import OPEN_STATES, AppealKind
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.paging import PER_PAGE, Page, page_of

MOST_DISTRICTS = 100


@dataclass(frozen=True)
class Reach:
    """How many addresses, contracts and open faults an outage touches, and how many are linked."""

    addresses: int
    contracts: int
    faults: int
    linked: int = 0


@dataclass(frozen=True)
class Situation:
    """How it goes with those who follow an outage."""

    linked: int
    still_open: int
    asked: int
    yes: int
    no: int
    broadcasts: Sequence[OutageBroadcast]


@dataclass(frozen=True)
class TicketOutages:
    """What the desk shows of outages beside a fault: its own, and those it can be linked with.

    `first_fits`: whether the first of them runs at the address of the fault.
    """

    joined: Joined | None = None
    running: Sequence[Outage] = ()

    @property
    def first_fits(self) -> bool:
        return self.joined is not None and self.joined.link is None


def desk_page(*, is_over: bool, after: str | None = None) -> Page[Outage]:
    """Return a page of outages with their areas, newest first. Two statements."""
    ended = Outage.ended_at.is_not(None) if is_over else Outage.ended_at.is_(None)
    query = select(Outage).where(ended).options(selectinload(Outage.areas))
    return page_of(query, Outage.id, after=after)


def followers_of(outages: Iterable[Outage]) -> Mapping[UUID, int]:
    """Return how many appeals are linked with each of these outages. One statement."""
    rows = session.execute(
        select(OutageLink.outage_id, func.count())
        .where(OutageLink.outage_id.in_([each.id for each in outages]))
        .group_by(OutageLink.outage_id)
    )
    return {row[0]: row[1] for row in rows}


def outage_of_desk(outage_id: UUID) -> Outage:
    """Return an outage with areas and promised times. Raises NotFoundError. Three statements."""
    found = session.scalar(
        select(Outage)
        .where(Outage.id == outage_id)
        .options(selectinload(Outage.areas), selectinload(Outage.promises))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFoundError
    return found


def reach_of(areas: Sequence[Area], technologies: Sequence[str]) -> Reach:
    """Return what an outage at these places would touch. Two statements."""
    there = _lies_in(areas, technologies)
    addresses, contracts = session.execute(
        select(func.count(), func.count(Premises.account_id.distinct())).where(there)
    ).one()
    faults = session.scalar(
        select(func.count())
        .select_from(Appeal)
        .where(_is_open_fault(), Appeal.account_id.in_(select(Premises.account_id).where(there)))
    )
    return Reach(addresses, contracts, faults or 0)


def districts_of(city: str) -> list[Area]:
    """Return the districts of a city in which somebody has an address, by name."""
    rows = session.scalars(
        select(Premises.district)
        .where(Premises.city == city, Premises.district.is_not(None))
        .distinct()
        .order_by(Premises.district)
        .limit(MOST_DISTRICTS)
    )
    return [Area(city, each) for each in rows if each]


def open_at(areas: Sequence[Area]) -> Sequence[Outage]:
    """Return open outages that share a place with `areas`, with their areas. Two statements."""
    shares = or_(*(_shares(area) for area in areas))
    return session.scalars(
        select(Outage)
        .where(Outage.ended_at.is_(None), exists().where(OutageArea.outage_id == Outage.id, shares))
        .options(selectinload(Outage.areas))
        .order_by(Outage.id.desc())
        .limit(5)
    ).all()


def running(now: datetime) -> Sequence[Outage]:
    """Return what runs now with its areas, what is promised last first; 20 at most."""
    return (
        session.scalars(
            select(Outage)
            .where(Outage.ended_at.is_(None), Outage.started_at <= now)
            .options(joinedload(Outage.areas))
            .order_by(Outage.promised_at.desc(), Outage.id)
            .limit(20)
        )
        .unique()
        .all()
    )


def ticket_outages(appeal: Appeal, now: datetime) -> TicketOutages:
    """Return what stands beside an appeal at the desk. Two statements for an open fault."""
    joined = likely_of(appeal, now)
    if appeal.kind != AppealKind.FAULT or not appeal.is_open:
        return TicketOutages(joined)
    first = joined.outage.id if joined and joined.link is None else None
    own = joined.outage.id if joined and joined.link else None
    open_ones = [each for each in running(now) if each.id != own]
    return TicketOutages(joined, sorted(open_ones, key=lambda each: each.id != first))


def unlinked_faults(areas: Sequence[Area], technologies: Sequence[str]) -> Sequence[Appeal]:
    """Return open faults at these places that belong to no outage, oldest first, a page of them."""
    there = _lies_in(areas, technologies)
    return session.scalars(
        select(Appeal)
        .where(_is_open_fault(), Appeal.account_id.in_(select(Premises.account_id).where(there)))
        .where(~exists().where(OutageLink.appeal_id == Appeal.id))
        .order_by(Appeal.id)
        .limit(PER_PAGE)
    ).all()


def situation_of(outage: Outage) -> Situation:
    """Return how it goes with those who follow, and what they were told. Two statements."""
    count = func.count()
    linked, still_open, asked, yes, no = session.execute(
        select(
            count,
            count.filter(Appeal.state.in_(OPEN_STATES)),
            count.filter(OutageLink.asked_at.is_not(None)),
            count.filter(OutageLink.answer == "yes"),
            count.filter(OutageLink.answer == "no"),
        )
        .join(Appeal, Appeal.id == OutageLink.appeal_id)
        .where(OutageLink.outage_id == outage.id)
    ).one()
    broadcasts = session.scalars(
        select(OutageBroadcast)
        .where(OutageBroadcast.outage_id == outage.id)
        .options(joinedload(OutageBroadcast.author))
        .order_by(OutageBroadcast.id.desc())
        .limit(PER_PAGE)
    ).all()
    return Situation(linked, still_open, asked, yes, no, broadcasts)


def _is_open_fault() -> ColumnElement[bool]:
    return and_(Appeal.kind == AppealKind.FAULT, Appeal.state.in_(OPEN_STATES))


def _lies_in(areas: Sequence[Area], technologies: Sequence[str]) -> ColumnElement[bool]:
    there = or_(
        *(
            and_(Premises.city == area.city, Premises.district == area.district)
            if area.district
            else Premises.city == area.city
            for area in areas
        )
    )
    return and_(there, Premises.technology.in_(technologies)) if technologies else there


def _shares(area: Area) -> ColumnElement[bool]:
    same_city = OutageArea.city == area.city
    return (
        and_(same_city, OutageArea.district.in_(["", area.district]))
        if area.district
        else same_city
    )
