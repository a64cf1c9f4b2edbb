"""Versions of the calendar of office hours, as a supervisor would release them."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.promises.free_days import CALENDAR as OFFICE
from portal.promises.models import PromisePolicy, SlaCalendar


def release_office(
    session: Session, since: date, *, off: list[date], worked: tuple[date, ...] = ()
) -> None:
    """Add the next version, of which the office's exceptions are these. The caller commits."""
    newest = select(PromisePolicy).order_by(PromisePolicy.version.desc()).limit(1)
    base = session.scalars(newest).one()
    number = base.calendars[OFFICE]
    query = select(SlaCalendar).where(SlaCalendar.name == OFFICE, SlaCalendar.version == number)
    days = {day.isoformat(): [] for day in off}
    days |= {day.isoformat(): [["09:00", "18:00"]] for day in worked}
    body = session.scalars(query).one().body | {"exceptions": days}
    session.add(SlaCalendar(name=OFFICE, version=number + 1, body=body))
    session.add(
        PromisePolicy(
            version=base.version + 1,
            since_on=since,
            terms=base.terms,
            calendars=base.calendars | {OFFICE: number + 1},
        )
    )
    session.flush()
