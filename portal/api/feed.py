"""The feed: events are added in the transaction that makes them, and read as commits follow.

A row is read only when every transaction that began before its own is over, and the cursor is
(xid, seq): a slower transaction is never passed over. Source: architecture.md, "A cursor follows
commits, not numbers".
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from portal.core import clock, ids
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l

APPEAL, OUTAGE = "appeal", "outage"
TYPES = (
    "appeal.registered",
    "appeal.message_added",
    "appeal.state_changed",
    "appeal.assigned",
    "promise.made",
    "promise.moved",
    "promise.due",
    "promise.breached",
    "promise.kept",
    "promise.ended",
    "rating.given",
    "outage.announced",
    "outage.moved",
    "outage.ended",
)
MOST = 500
_FIGURES = 20
_CURSOR = re.compile(rf"(\d{{{_FIGURES}}})-(\d{{{_FIGURES}}})")
_LARGEST = 2**63 - 1
# One statement for any number of events; a number is looked up by its index.
_ADD = text(
    """
    insert into event (id, at, type, subject_kind, subject_id, number, data)
    select r.id, r.at, r.type, r.subject_kind, r.subject_id,
           case when r.subject_kind = 'appeal'
                then (select a.number from appeal a where a.id = r.subject_id) end,
           r.data
    from jsonb_to_recordset(cast(:rows as jsonb)) as r(
        place int, id uuid, at timestamptz, type text, subject_kind text, subject_id uuid,
        data jsonb
    )
    order by r.place
    """
)
_SETTLED = text(
    """
    select id, at, xid::text::bigint as xid, seq, type, subject_kind, subject_id, number, data
    from event
    where xid < pg_snapshot_xmin(pg_current_snapshot())
      and (xid, seq) > (cast(cast(:xid as text) as xid8), cast(:seq as bigint))
    order by event.xid, seq limit :most
    """
)
_NOW = text("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


class Place(NamedTuple):
    """A place in the feed: behind the event with these numbers."""

    xid: int = 0
    seq: int = 0

    def __str__(self) -> str:
        return f"{self.xid:0{_FIGURES}}-{self.seq:0{_FIGURES}}"


class Subject(NamedTuple):
    """To what something happened."""

    kind: str
    id: UUID


class Fact(NamedTuple):
    """Something that happened. `data` are ids, codes, numbers and moments, never names or texts."""

    type: str
    subject: Subject
    data: Mapping[str, Any]


def append(facts: Iterable[Fact], within: Session | None = None) -> None:
    """Add events to the current transaction, or to that of `within`, in this order."""
    if rows := [_row(place, fact) for place, fact in enumerate(facts)]:
        (within or session).connection().execute(_ADD, {"rows": json.dumps(rows)})


def events_after(place: Place, *, most: int = MOST) -> Sequence[Row[Any]]:
    """Return events behind a place in their order, at most `most`; none that may yet be preceded.

    Rows have xid and seq (whole numbers) beside the columns of Event.
    """
    return session.execute(_SETTLED, {"xid": place.xid, "seq": place.seq, "most": most}).all()


def place_of_now() -> Place:
    """Return the place behind all that is settled by now."""
    return Place(session.scalar(_NOW) or 0, 0)


def read_place(written: str | None) -> Place:
    """Return the place that a reader was given before; nothing means the beginning.

    Raises RuleError (field `after`) for anything else.
    """
    if not written:
        return Place()
    found = _CURSOR.fullmatch(written) if written.isascii() else None
    if found is None or max(numbers := [int(part) for part in found.groups()]) > _LARGEST:
        raise RuleError(_l("This is no cursor of this feed."), field="after")
    return Place(*numbers)


def envelope(row: Row[Any], source: str) -> dict[str, Any]:
    """Return an event as other systems read it: CloudEvents 1.0 in JSON.

    `sequence` is its place: it grows within a subject, and a reader may go on behind it.
    """
    return {
        "specversion": "1.0",
        "id": str(row.id),
        "source": source,
        "type": row.type,
        "time": row.at.isoformat(),
        "subject": row.number or str(row.subject_id),
        "subjectkind": row.subject_kind,
        "subjectid": str(row.subject_id),
        "sequence": str(Place(row.xid, row.seq)),
        "datacontenttype": "application/json",
        "data": row.data,
    }


def _row(place: int, fact: Fact) -> dict[str, Any]:
    return {
        "place": place,
        "id": str(ids.uuid7()),
        "at": clock.now().isoformat(),
        "type": fact.type,
        "subject_kind": fact.subject.kind,
        "subject_id": str(fact.subject.id),
        "data": {key: _plain(value) for key, value in fact.data.items()},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, int | bool | None):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
