"""Reads of mystery shopping."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload

from portal.accounts.models import User
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.paging import Page, page_of
from portal.feedback.measuring import RatingFigures, ShoppingFigures, total
from portal.feedback.queries import rating_figures_by
from portal.feedback.shopping.models import Checklist, ShoppingVisit

# Which contacts of customers a checklist is compared with: (subject kind or "", channel).
SAME_CONTACTS = {"office": ("", "office"), "call": ("", "phone"), "technician": ("visit", "")}


def checklists() -> Sequence[Checklist]:
    """Return the newest version of each checklist, by code."""
    newest = select(Checklist).ext(distinct_on(Checklist.code))
    return session.scalars(newest.order_by(Checklist.code, Checklist.number.desc())).all()


def checklist_of(code: str) -> Checklist:
    """Return the newest version of a checklist. Raises NotFoundError for an unknown code."""
    query = select(Checklist).where(Checklist.code == code).order_by(Checklist.number.desc())
    if found := session.scalar(query.limit(1)):
        return found
    raise NotFoundError


def entries_of(user: User, *, after: str | None = None) -> Page[ShoppingVisit]:
    """Return a page of what this person of the agency has entered, newest first."""
    query = select(ShoppingVisit).options(joinedload(ShoppingVisit.checklist))
    return page_of(query.where(ShoppingVisit.user_id == user.id), ShoppingVisit.id, after=after)


def entry_of(user: User, entry_id: UUID) -> ShoppingVisit:
    """Return an entry of this person. Raises NotFoundError for anybody else's."""
    own = select(ShoppingVisit).options(joinedload(ShoppingVisit.checklist))
    own = own.where(ShoppingVisit.id == entry_id, ShoppingVisit.user_id == user.id)
    if found := session.scalar(own):
        return found
    raise NotFoundError


def shopping_figures(month: date) -> Sequence[ShoppingFigures]:
    """Return what was found in a month (any day of it), beside what customers said of the same.

    By checklist, all versions together; submitted entries only. For staff. Three statements.
    """
    since = month.replace(day=1)
    until = (since + timedelta(days=32)).replace(day=1)
    rows = session.execute(
        select(Checklist.code, func.count(), func.avg(ShoppingVisit.score))
        .join(ShoppingVisit.checklist)
        .where(ShoppingVisit.submitted_at.is_not(None))
        .where(ShoppingVisit.visited_on >= since, ShoppingVisit.visited_on < until)
        .group_by(Checklist.code)
    )
    found: dict[str, tuple[int, float | None]] = {
        code: (count, float(mean)) for code, count, mean in rows
    }
    measured = rating_figures_by(month)
    return [_figures(each, found.get(each.code, (0, None)), measured) for each in checklists()]


def _figures(
    checklist: Checklist,
    found: tuple[int, float | None],
    measured: Mapping[tuple[str, str], RatingFigures],
) -> ShoppingFigures:
    same = _same(checklist.code, measured)
    return ShoppingFigures(checklist.code, checklist.names, *found, same)


def _same(code: str, measured: Mapping[tuple[str, str], RatingFigures]) -> RatingFigures:
    """Return the ratings of the contacts that a checklist is about."""
    kind, channel = SAME_CONTACTS.get(code, ("-", "-"))
    return total(
        figures
        for (own_kind, own_channel), figures in measured.items()
        if kind in {"", own_kind} and channel in {"", own_channel}
    )
