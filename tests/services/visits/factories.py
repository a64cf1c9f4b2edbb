"""How many technicians there are, and what a visit looks like in the database."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.core import ids
from portal.notify.models import Notification
from portal.services.visits.models import Area, Visit, VisitCapacity, VisitSlot

ALMATY = ZoneInfo("Asia/Almaty")
HERE = Area("almaty", "bostandyk")
MORNING = "2026-11-29 09:00"  # a Sunday
NOON = "2026-11-29 11:00"
EVENING = "2026-11-29 19:00"


def at(written: str) -> datetime:
    """Return a moment of Almaty."""
    return datetime.fromisoformat(written).replace(tzinfo=ALMATY)


def value(written: str) -> str:
    """Return how the form names the slot that begins at a moment of Almaty."""
    utc = at(written).astimezone(ZoneInfo("UTC"))
    return f"{utc:%Y%m%dT%H%MZ}"


def set_places(db: Session, places: int, area: Area = HERE) -> None:
    """Let each slot of every weekday take so many visits."""
    db.execute(delete(VisitCapacity).where(VisitCapacity.city == area.city))
    db.add_all(
        VisitCapacity(id=ids.uuid7(), **area._asdict(), weekday=weekday, places=places)
        for weekday in range(7)
    )
    db.commit()


def fill(db: Session, written: str, taken: int = 1) -> None:
    """Let strangers take places of a slot."""
    db.add(VisitSlot(id=ids.uuid7(), **HERE._asdict(), starts_at=at(written), taken=taken))
    db.commit()


def taken(db: Session) -> dict[str, int]:
    """Return how many places are taken, by the local beginning of the slot; none left out."""
    db.expire_all()
    rows = db.execute(select(VisitSlot.starts_at, VisitSlot.taken).where(VisitSlot.taken > 0))
    return {f"{begin.astimezone(ALMATY):%Y-%m-%d %H:%M}": count for begin, count in rows}


def visits(db: Session) -> list[Any]:
    """Return all visits, the oldest first."""
    db.expire_all()
    return list(db.scalars(select(Visit).order_by(Visit.id)))


def told(db: Session) -> list[str]:
    """Return what people were told of, sorted."""
    return sorted(db.scalars(select(Notification.kind)))
