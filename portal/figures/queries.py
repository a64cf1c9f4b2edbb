"""Reads of what was counted: sums of a month, never rows of appeals."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, cast, func, select

from portal.accounts.models import User
from portal.core.db import session
from portal.feedback.measuring import RatingFigures
from portal.figures.models import (
    AnswerDay,
    AppealDay,
    FiguresCount,
    PromiseDay,
    RatingDay,
    SpecialistDay,
)
from portal.figures.telling import Sums, Times, total
from portal.services.proration import Month

COUNT_ID = UUID(int=1)
_SUMS = ("received", "in_time", "late", "late_open", "replaced", "released", "running")
_KINDS = ("made", "kept", "late", "replaced", "released", "running")


@dataclass(frozen=True)
class KindSums:
    """What became of the promises of a kind."""

    kind: str
    made: int
    kept: int
    late: int
    replaced: int
    released: int
    running: int


@dataclass(frozen=True)
class Specialist:
    """A specialist's appeals of a month that are decided, and those in time."""

    name: str
    decided: int
    in_time: int


def counted_at() -> datetime | None:
    """Return when was counted last; None before the first time."""
    return session.scalars(select(FiguresCount.counted_at)).one()


def sums_by(key: str, month: Month) -> Mapping[str, Sums]:
    """Return what became of a month's appeals by `channel` or `kind`, the largest first."""
    return {word: sums for (_month, word), sums in sums_between(key, month, month).items()}


def sums_between(key: str, first: Month, last: Month) -> Mapping[tuple[Month, str], Sums]:
    """Return what became of the appeals of some months, by `channel` or `kind`. Two statements."""
    start, column = _month_of(AppealDay), getattr(AppealDay, key)
    times = _times_between(key, first, last)
    rows = session.execute(
        select(start, column, *_summed(AppealDay, _SUMS))
        .where(*_within(AppealDay, first, last))
        .group_by(start, column)
        .order_by(start, func.sum(AppealDay.received).desc(), column)
    )
    found: dict[tuple[Month, str], Sums] = {}
    for day, word, *numbers in rows:
        place = (Month.of(day), word)
        found[place] = replace(Sums(*numbers), times=times.get(place, Times()))
    return found


def _times_between(key: str, first: Month, last: Month) -> Mapping[tuple[Month, str], Times]:
    start, column = _month_of(AnswerDay), getattr(AnswerDay, key)
    rows = session.execute(
        select(start, column, AnswerDay.minutes, func.sum(AnswerDay.number))
        .where(*_within(AnswerDay, first, last))
        .group_by(start, column, AnswerDay.minutes)
        .order_by(start, column, AnswerDay.minutes)
    )
    found: dict[tuple[Month, str], list[tuple[int, int]]] = {}
    for day, word, minutes, number in rows:
        found.setdefault((Month.of(day), word), []).append((minutes, number))
    return {place: Times(tuple(steps)) for place, steps in found.items()}


def months_until(last: Month, *, count: int, only_told: bool) -> list[tuple[Month, Sums]]:
    """Return the sums of `count` months up to `last`, oldest first. One statement.

    `only_told`: of the channels that are told to the public.
    """
    months = [last]
    while len(months) < count:
        months.append(months[-1].preceding)
    start, column = _month_of(AppealDay), AppealDay.channel
    rows = session.execute(
        select(start, column, *_summed(AppealDay, _SUMS))
        .where(*_within(AppealDay, months[-1], last))
        .group_by(start, column)
        .order_by(start, column)
    )
    known: dict[Month, dict[str, Sums]] = {}
    for day, channel, *numbers in rows:
        known.setdefault(Month.of(day), {})[channel] = Sums(*numbers)
    return [(month, total(known.get(month, {}), only_told=only_told)) for month in reversed(months)]


def kinds_of(month: Month, *, channels: Collection[str]) -> Sequence[KindSums]:
    """Return what became of the promises that a month's appeals of some channels made, by kind."""
    rows = session.execute(
        select(PromiseDay.kind, *_summed(PromiseDay, _KINDS))
        .where(*_within(PromiseDay, month, month), PromiseDay.channel.in_(channels))
        .group_by(PromiseDay.kind)
        .order_by(func.sum(PromiseDay.made).desc(), PromiseDay.kind)
    )
    return [KindSums(*row) for row in rows]


def ratings_of(month: Month) -> Mapping[tuple[str, str], RatingFigures]:
    """Return the figures of the ratings asked for in a month, by (subject kind, channel)."""
    return {place[1:]: each for place, each in ratings_between(month, month).items()}


def ratings_between(first: Month, last: Month) -> Mapping[tuple[Month, str, str], RatingFigures]:
    """Return the figures of ratings by (month, subject kind, channel), most asked first."""
    start, keys = _month_of(RatingDay), (RatingDay.subject_kind, RatingDay.channel)
    rows = session.execute(
        select(start, *keys, *_summed(RatingDay, ("asked", "answered", "good")))
        .where(*_within(RatingDay, first, last))
        .group_by(start, *keys)
        .order_by(start, func.sum(RatingDay.asked).desc(), *keys)
    )
    return {
        (Month.of(day), kind, channel): RatingFigures(*numbers)
        for day, kind, channel, *numbers in rows
    }


def specialists_of(month: Month) -> Sequence[Specialist]:
    """Return the specialists who had appeals of a month, by name: this is no ranking."""
    rows = session.execute(
        select(User.name, *_summed(SpecialistDay, ("decided", "in_time")))
        .join(User, User.id == SpecialistDay.user_id)
        .where(*_within(SpecialistDay, month, month))
        .group_by(User.id, User.name)
        .order_by(User.name, User.id)
    )
    return [Specialist(*row) for row in rows]


def _summed(table: Any, names: Sequence[str]) -> list[Any]:
    return [func.sum(getattr(table, name)).label(name) for name in names]


def _within(table: Any, first: Month, last: Month) -> tuple[Any, Any]:
    return (table.day_on >= first.first_day, table.day_on <= last.last_day)


def _month_of(table: Any) -> Any:
    return cast(func.date_trunc("month", table.day_on), Date).label("month")
