"""Counting: day by day, each in a transaction of its own, and again at any time."""

from datetime import date, datetime, timedelta

from sqlalchemy import select, text

from portal.core import clock
from portal.core.db import session
from portal.core.text import ZONE, local, midnight
from portal.figures import counting
from portal.figures.models import FiguresCount
from portal.figures.queries import COUNT_ID

_DAY = timedelta(days=1)
_OVERLAP = timedelta(hours=1)
_RATED_FOR = 31


def changed_days() -> list[date]:
    """Return the local days whose sums may have changed since the last count, oldest first.

    Before the first count: every day since the first appeal. An hour is looked at twice, for what
    was written by transactions that had not ended.
    """
    now = clock.now()
    counted_at = session.scalars(select(FiguresCount.counted_at)).one()
    if counted_at is None:
        first = session.scalar(counting.FIRST)
        return days_between(local(first).date(), local(now).date()) if first else []
    values = {"since": counted_at - _OVERLAP, "now": now, "zone": str(ZONE)}
    return list(session.scalars(counting.CHANGED, values))


def count_day(day: date) -> None:
    """Make the sums of one local day anew. Two at once: the second waits, and does it again."""
    _lock()
    values = {"day": day, "now": clock.now()} | _bounds(day)
    for table, statement in counting.BY_DAY.items():
        session.execute(text(f"delete from {table} where day_on = :day"), values)  # noqa: S608 - named above
        session.execute(statement, values)


def count_ratings(*, since: date | None = None) -> None:
    """Make the sums of ratings anew: of the days whose questions may still be answered."""
    _lock()
    today = local(clock.now()).date()
    for day in days_between(since or today - _RATED_FOR * _DAY, today):
        session.execute(text("delete from rating_day where day_on = :day"), {"day": day})
        session.execute(counting.RATINGS, {"day": day} | _bounds(day))


def finish(began_at: datetime) -> None:
    """Note that all that had changed before `began_at` is counted."""
    _lock().counted_at = began_at


def days_between(first: date, last: date) -> list[date]:
    """Return the days from `first` to `last`, both among them."""
    return [first + _DAY * each for each in range((last - first).days + 1)]


def _lock() -> FiguresCount:
    return session.scalars(
        select(FiguresCount).where(FiguresCount.id == COUNT_ID).with_for_update()
    ).one()


def _bounds(day: date) -> dict[str, datetime]:
    return {"begins": midnight(day), "ends": midnight(day + _DAY)}
