"""Tables of what was counted: sums by local day, made anew from the events whenever they change.

They hold nobody's data but `specialist_day`. A day is that of the registration (of an appeal), of
the start (of a promise), or of the question (of a rating).
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model


class AppealDay(Model):
    """What became of the appeals of a day: each is in exactly one of the sums after `received`.

    `late` (of which `late_open` are open and late now), else `replaced`, else `running`, else
    `released`, else `in_time`.
    """

    __tablename__ = "appeal_day"
    __table_args__ = (UniqueConstraint("day_on", "channel", "kind"),)

    day_on: Mapped[date]
    channel: Mapped[str]
    kind: Mapped[str]
    received: Mapped[int]
    in_time: Mapped[int]
    late: Mapped[int]
    late_open: Mapped[int]
    replaced: Mapped[int]
    released: Mapped[int]
    running: Mapped[int]


class AnswerDay(Model):
    """How many final answers took so many minutes, rounded up as `counting.py` says."""

    __tablename__ = "answer_day"
    __table_args__ = (UniqueConstraint("day_on", "channel", "kind", "minutes"),)

    day_on: Mapped[date]
    channel: Mapped[str]
    kind: Mapped[str]
    minutes: Mapped[int]
    number: Mapped[int]


class PromiseDay(Model):
    """What became of the promises of a kind that appeals of a day made."""

    __tablename__ = "promise_day"
    __table_args__ = (UniqueConstraint("day_on", "channel", "kind"),)

    day_on: Mapped[date]
    channel: Mapped[str]
    kind: Mapped[str]
    made: Mapped[int]
    kept: Mapped[int]
    late: Mapped[int]
    replaced: Mapped[int]
    released: Mapped[int]
    running: Mapped[int]


class RatingDay(Model):
    """How many were asked on a day, how many of them answered, and how many gave 4 or 5."""

    __tablename__ = "rating_day"
    __table_args__ = (UniqueConstraint("day_on", "subject_kind", "channel"),)

    day_on: Mapped[date]
    subject_kind: Mapped[str]
    channel: Mapped[str]
    asked: Mapped[int]
    answered: Mapped[int]
    good: Mapped[int]


class SpecialistDay(Model):
    """Of the appeals of a day that a specialist has: how many are decided, how many in time."""

    __tablename__ = "specialist_day"
    __table_args__ = (UniqueConstraint("day_on", "user_id"),)

    day_on: Mapped[date]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    decided: Mapped[int]
    in_time: Mapped[int]


class FiguresCount(Model):
    """When was counted last: one row. What changed since then is counted again."""

    __tablename__ = "figures_count"

    counted_at: Mapped[datetime | None]
