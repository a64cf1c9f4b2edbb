"""Take and free places, and say how many there are."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, and_, delete, update
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import User
from portal.core import audit, ids
from portal.core.db import session
from portal.core.text import local
from portal.services.visits.models import Area, VisitCapacity, VisitException, VisitSlot
from portal.services.visits.queries import places_on
from portal.services.visits.slots import Slot


def take(area: Area, slot: Slot) -> bool:
    """Take a place of a slot; say whether there was one left.

    One statement decides: of two who want the last place the second waits for the first one's
    commit, and then finds it taken.
    """
    _make(area, slot)
    day = local(slot.starts_at).date()
    won = session.scalar(
        update(VisitSlot)
        .where(_is(area, slot), VisitSlot.taken < places_on(area, day))
        .values(taken=VisitSlot.taken + 1)
        .returning(VisitSlot.id)
    )
    return won is not None


def give_back(area: Area, slot: Slot) -> None:
    """Free a place of a slot: it can be sold again."""
    session.execute(update(VisitSlot).where(_is(area, slot)).values(taken=VisitSlot.taken - 1))


def exchange(area: Area, old: Slot, new: Slot) -> bool:
    """Take a place of `new` and free one of `old`; say whether there was one, else change nothing.

    Both rows are locked in the order of time, so that two who exchange crosswise do not wait for
    each other for ever.
    """
    for slot in sorted((old, new)):
        _make(area, slot)
        session.execute(update(VisitSlot).where(_is(area, slot)).values(taken=VisitSlot.taken))
    if not take(area, new):
        return False
    give_back(area, old)
    return True


def change_places(area: Area, by_weekday: Mapping[int, int], *, by: User) -> None:
    """Set how many visits each slot takes in an area, by weekday (Monday is 0).

    Visits that are booked stay, also where there are now more of them than places.
    Records `services.places_changed`.
    """
    for weekday, places in sorted(by_weekday.items()):
        row = insert(VisitCapacity).values(
            id=ids.uuid7(), **area._asdict(), weekday=weekday, places=places
        )
        session.execute(
            row.on_conflict_do_update(
                index_elements=["city", "district", "weekday"], set_={"places": places}
            )
        )
    audit.record(
        "services.places_changed",
        actor=by,
        **area._asdict(),
        places=[by_weekday[weekday] for weekday in sorted(by_weekday)],
    )


def except_day(area: Area, day: date, places: int | None, *, by: User) -> None:
    """Set how many visits each slot of one date takes; None: as many as on its weekday.

    Records `services.places_of_day_changed`.
    """
    if places is None:
        session.execute(
            delete(VisitException).where(
                VisitException.city == area.city,
                VisitException.district == area.district,
                VisitException.day_on == day,
            )
        )
    else:
        row = insert(VisitException).values(
            id=ids.uuid7(), **area._asdict(), day_on=day, places=places
        )
        session.execute(
            row.on_conflict_do_update(
                index_elements=["city", "district", "day_on"], set_={"places": places}
            )
        )
    audit.record(
        "services.places_of_day_changed", actor=by, **area._asdict(), day=day, places=places
    )


def _make(area: Area, slot: Slot) -> None:
    """Let the slot have its row."""
    row = insert(VisitSlot).values(
        id=ids.uuid7(), **area._asdict(), starts_at=slot.starts_at, taken=0
    )
    session.execute(row.on_conflict_do_nothing())


def _is(area: Area, slot: Slot) -> ColumnElement[bool]:
    return and_(
        VisitSlot.city == area.city,
        VisitSlot.district == area.district,
        VisitSlot.starts_at == slot.starts_at,
    )
