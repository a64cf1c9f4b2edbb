"""Reads of planning: versions, the draft, what is open under which version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import joinedload

from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.paging import Page, page_of
from portal.promises.models import Promise, PromisePolicy, SlaCalendar
from portal.promises.planning.lines import ordered
from portal.promises.planning.models import PromisePlan, PromiseRebasing
from portal.promises.policy import Policy, Term, read_calendar

PLAN_ID = UUID(int=1)
_SHOWN = 10


@dataclass(frozen=True)
class Draft:
    """The next version as it would be: that of the stored draft, or else the newest one.

    `seen` names its state: whoever saves says what he saw.
    """

    base: PromisePolicy
    terms: Sequence[Mapping[str, Any]]
    calendars: Mapping[str, Mapping[str, Any]]
    plan: PromisePlan | None

    @property
    def seen(self) -> str:
        return f"{self.base.version}.{self.plan.version if self.plan else 0}"

    @property
    def is_stale(self) -> bool:
        """Tell whether another version came since the draft was begun."""
        return self.plan is not None and self.plan.base_version != self.base.version

    def policy(self, since: date) -> Policy:
        """Return the draft as a version that begins on a day."""
        return Policy(
            version=self.base.version + 1,
            since=since,
            terms=tuple(Term.read(row) for row in self.terms),
            calendars={name: read_calendar(body) for name, body in self.calendars.items()},
        )


@dataclass(frozen=True)
class Open:
    """So many promises of a kind that run under a version."""

    version: int
    kind: str
    number: int


def draft(*, lock: bool = False) -> Draft:
    """Return what would be released. `lock`: others who save wait."""
    query = select(PromisePlan).where(PromisePlan.id == PLAN_ID)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    plan = session.scalars(query).one_or_none()
    base = newest()
    calendars = calendars_of(base)
    if plan is None:
        return Draft(base, ordered(base.terms), calendars, None)
    return Draft(base, plan.terms, plan.calendars, plan)


def newest() -> PromisePolicy:
    """Return the version that was released last, whether it is in force yet or not."""
    return session.scalars(
        select(PromisePolicy).order_by(PromisePolicy.version.desc()).limit(1)
    ).one()


def version_of(version: int) -> PromisePolicy:
    """Return a version with its author. Raises NotFoundError."""
    found = session.scalars(
        select(PromisePolicy)
        .where(PromisePolicy.version == version)
        .options(joinedload(PromisePolicy.author))
    ).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def versions(*, after: str | None = None) -> Page[PromisePolicy]:
    """Return a page of all versions with their authors, the newest first."""
    query = select(PromisePolicy).options(joinedload(PromisePolicy.author))
    return page_of(query, PromisePolicy.version, after=after)


def calendars_of(policy: PromisePolicy) -> dict[str, Mapping[str, Any]]:
    """Return the bodies of the calendars of a version, by name."""
    wanted = list(policy.calendars.items())
    rows = session.scalars(
        select(SlaCalendar)
        .where(tuple_(SlaCalendar.name, SlaCalendar.version).in_(wanted))
        .order_by(SlaCalendar.name)
    )
    return {row.name: row.body for row in rows}


def newest_calendar(name: str) -> int:
    """Return the number of a calendar's newest version; 0 if there is none."""
    query = select(func.max(SlaCalendar.version)).where(SlaCalendar.name == name)
    return session.scalar(query) or 0


def open_promises() -> Sequence[Open]:
    """Return how many promises run under which version, by kind. One statement, by index."""
    rows = session.execute(
        select(Promise.policy_version, Promise.kind, func.count())
        .where(Promise.end.is_(None))
        .group_by(Promise.policy_version, Promise.kind)
        .order_by(Promise.policy_version, Promise.kind)
    )
    return [Open(*row) for row in rows]


def rebasings() -> Sequence[PromiseRebasing]:
    """Return the last re-basings with their authors, newest first."""
    return session.scalars(
        select(PromiseRebasing)
        .options(joinedload(PromiseRebasing.author))
        .order_by(PromiseRebasing.id.desc())
        .limit(_SHOWN)
    ).all()


def running_rebasing() -> PromiseRebasing | None:
    """Return the re-basing that is under way, or None."""
    return session.scalars(
        select(PromiseRebasing).where(PromiseRebasing.finished_at.is_(None)).limit(1)
    ).one_or_none()


def owners_under(version: int, after: tuple[str, UUID] | None, *, most: int) -> Sequence[Any]:
    """Return what has open promises under a version, in order, behind `after`.

    Rows of (subject_kind, subject_id, account_id, user_id, secret_hash), each once; `most` of them.
    """
    place = (Promise.subject_kind, Promise.subject_id)
    query = select(*place, Promise.account_id, Promise.user_id, Promise.secret_hash).where(
        Promise.end.is_(None), Promise.policy_version == version
    )
    if after:
        query = query.where(tuple_(*place) > after)
    return session.execute(query.distinct().order_by(*place).limit(most)).all()


def next_version_under(version: int, *, below: int) -> int | None:
    """Return the oldest version above `version` and below another that has open promises."""
    return session.scalar(
        select(func.min(Promise.policy_version)).where(
            Promise.end.is_(None),
            Promise.policy_version > version,
            Promise.policy_version < below,
        )
    )
