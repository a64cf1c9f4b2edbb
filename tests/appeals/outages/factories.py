"""Outages, valid by default."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from portal.accounts.models import User
from portal.appeals.outages import actions, queries
from portal.appeals.outages.models import Outage, OutageArea
from portal.appeals.outages.places import Area, NewOutage
from portal.core import clock, ids
from portal.core.db import session
from tests.appeals.factories import acting

CAUSE = {"kk": "Кабель үзілді", "ru": "Обрыв кабеля", "en": "A cable is cut"}
REASON = {"kk": "Қазу қиын", "ru": "Трудно копать", "en": "The ground is frozen"}
BOSTANDYK = Area("almaty", "bostandyk")


def add_outage(db, author_id: UUID, *, areas=(BOSTANDYK,), hours=3, **more) -> Outage:
    """Add the row of an outage that began an hour ago and is promised for `hours` from now."""
    now = clock.now()
    values = {
        "id": ids.uuid7(),
        "is_planned": False,
        "cause": CAUSE,
        "technologies": [],
        "started_at": now - timedelta(hours=1),
        "promised_at": now + timedelta(hours=hours),
        "moved": 0,
        "opened_at": now,
        "author_id": author_id,
    }
    outage = Outage(**values | more)
    db.add(outage)
    db.flush()
    db.add_all(OutageArea(outage_id=outage.id, city=a.city, district=a.district) for a in areas)
    db.flush()
    return outage


def open_outage(app, person, *, hours=3, areas=(BOSTANDYK,)) -> UUID:
    """Open an outage through the real action, as a specialist."""
    now = clock.now()
    with acting(app, user_id=person.id, staff=True) as own:
        wish = NewOutage(
            areas=areas,
            technologies=(),
            is_planned=False,
            cause=CAUSE,
            started_at=now - timedelta(hours=1),
            promised_at=now + timedelta(hours=hours),
        )
        return actions.open_outage(wish, by=own.get_one(User, person.id)).id


def at_desk(app, person, outage_id: UUID, work, *arguments, **more):
    """Let a specialist do `work` (an action) with a locked outage."""
    with acting(app, user_id=person.id, staff=True):
        outage = queries.locked_outage(outage_id, to_end=True)
        return work(outage, *arguments, by=session.get_one(User, person.id), **more)


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))
