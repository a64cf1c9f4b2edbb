"""Random histories of appeals, written in bulk: first to some point, then to the end."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from portal.core import ids
from portal.core.db import transaction
from portal.promises import actions, queries
from portal.promises.fold import Event, Happening, read
from portal.promises.models import Promise, PromiseEvent, PromisePolicy

SUBJECTS = 10_000
_BATCH = 250
_HALTED = 1 / 3
_FIRST_DAY = datetime(2026, 11, 10, 4, tzinfo=UTC)
_BENT = 40
_CHANNELS = ("form", "email", "chat", "forum", "facebook", "phone", "skype", "kiosk", "office")
_KINDS = ("fault", "question", "complaint", "suggestion", "gratitude")
_DATED = {Happening.INTERIM_SENT, Happening.OUTAGE_JOINED}
_STEPS = (
    *(Happening.CUSTOMER_WROTE, Happening.ANSWERED, Happening.INTERIM_SENT, Happening.ASKED) * 2,
    *(Happening.FINAL_SENT, Happening.REOPENED, Happening.INVESTIGATION_OPENED) * 2,
    *(Happening.EXTENDED, Happening.CLAIM_RECOGNISED, Happening.REBASED) * 2,
    *(Happening.ADDRESSEE_WRONG, Happening.FORWARDED, Happening.REPAIRED),
    Happening.OUTAGE_JOINED,
    *(Happening.SETTLED, Happening.WITHDRAWN, Happening.REJECTED),
)


def write_histories(
    app: Flask, session: Session, *, count: int, seed: int
) -> dict[str, Counter[Any]]:
    """Write `count` appeals' events and promises; return how often what happened.

    `session` is the owner's; the portal's own code projects, once in the middle and at the end.
    """
    chance = random.Random(seed)  # noqa: S311 - a history, no secret
    starts = release_versions(session)
    seen: dict[str, Counter[Any]] = {"happenings": Counter(), "versions": Counter()}
    for first in range(0, count, _BATCH):
        told = [list(_history(chance, starts)) for _ in range(min(count - first, _BATCH))]
        write(app, told, chance)
        for events in told:
            seen["happenings"].update(event.happening.value for event in events)
            seen["versions"].update(event.policy for event in events)
    return seen


def write(app: Flask, told: list[list[Event]], chance: random.Random) -> None:
    """Write histories of appeals in one transaction, each projected in two steps."""
    named = [(ids.uuid7(), events) for events in told]
    with app.app_context(), transaction(staff=True) as own:
        own.execute(insert(PromiseEvent), [r for s, events in named for r in _rows(s, events)])
        for subject_id, events in named:
            _project(own, subject_id, events, chance)


def bend_at_random(session: Session, *, seed: int) -> set[UUID]:
    """Move the due times of a few promises by a second; return the subjects that are wrong now."""
    chance = random.Random(seed)  # noqa: S311
    everything = session.execute(
        select(Promise.id, Promise.subject_id).order_by(Promise.subject_id, Promise.id)
    ).all()
    bent = chance.sample(everything, _BENT)
    session.execute(
        update(Promise)
        .where(Promise.id.in_([row.id for row in bent]))
        .values(due_at=Promise.due_at + timedelta(seconds=1))
        .execution_options(synchronize_session=False)
    )
    session.commit()
    return {row.subject_id for row in bent}


def release_versions(session: Session) -> list[tuple[datetime, int]]:
    """Add two versions beside the one in force, with other lengths; return when each begins."""
    first = session.scalars(select(PromisePolicy).where(PromisePolicy.version == 2)).one()
    for version, begins, more in ((3, date(2026, 11, 20), 1), (4, date(2026, 12, 5), -1)):
        session.add(
            PromisePolicy(
                version=version,
                since_on=begins,
                terms=[_longer(term, more) for term in first.terms],
                calendars=first.calendars,
            )
        )
    session.commit()
    almaty = timedelta(hours=5)
    return [
        (_FIRST_DAY - timedelta(days=365), 2),
        (datetime(2026, 11, 20, tzinfo=UTC) - almaty, 3),
        (datetime(2026, 12, 5, tzinfo=UTC) - almaty, 4),
    ]


def _longer(term: dict[str, Any], more: int) -> dict[str, Any]:
    if term.get("working_days"):
        return term | {"working_days": max(term["working_days"] + more, 1)}
    if term.get("minutes"):
        return term | {"minutes": term["minutes"] + more * 3}
    return term


def _history(chance: random.Random, starts: list[tuple[datetime, int]]) -> Iterator[Event]:
    at = _FIRST_DAY + timedelta(seconds=chance.randrange(30 * 86_400))
    what: dict[str, Any] = {"channel": chance.choice(_CHANNELS), "kind": chance.choice(_KINDS)}
    what["received_at"] = (at - timedelta(minutes=chance.choice((0, 0, 0, 7)))).isoformat()
    yield Event(Happening.REGISTERED, at, _version(at, starts), what)
    for _ in range(chance.randrange(8)):
        at += timedelta(seconds=int(chance.expovariate(1 / 100_000)))
        happening = chance.choice(_STEPS)
        data: dict[str, Any] = {"reason": "so"}
        if happening in _DATED:
            data["promised_at"] = (at + timedelta(hours=chance.randrange(1, 400))).isoformat()
        yield Event(happening, at, _version(at, starts), data)


def _version(at: datetime, starts: list[tuple[datetime, int]]) -> int:
    return max(version for begins, version in starts if begins <= at)


def _rows(subject_id: UUID, events: list[Event]) -> Iterator[dict[str, Any]]:
    for event in events:
        yield {
            "id": ids.uuid7(),
            "subject_kind": "appeal",
            "subject_id": subject_id,
            "happening": event.happening.value,
            "at": event.at,
            "data": dict(event.data),
            "policy_version": event.policy,
        }


def _project(own: Session, subject_id: UUID, events: list[Event], chance: random.Random) -> None:
    """Store what follows from a history; of each third one first from its beginning alone."""
    subject = actions.Subject("appeal", subject_id)
    some = events[: chance.randrange(1, len(events) + 1)] if chance.random() < _HALTED else events
    actions.project(subject, read(some, queries.policies({e.policy for e in some})))
    own.flush()
    if len(some) < len(events):
        actions.project(subject, queries.case_of("appeal", subject_id))
