"""What a receiver is owed next, and what became of it. For the worker.

A receiver's events are read behind its cursor. One that it does not take waits in a row of its
own, and so do the later ones of the same subject, so that each subject's events keep their order
while the others go on.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, or_, select, update

from portal.api import feed, queries
from portal.api.models import Webhook, WebhookDelivery
from portal.api.patience import LONGEST_REST, rest_after, wait_after
from portal.api.sending import Sent
from portal.config import Settings
from portal.core import clock, ids
from portal.core.db import session

LEASE = timedelta(seconds=20)
BATCH = 50
_STRETCHES = 100
SLOW = 1.0  # seconds for one event
_DOWN = 3  # failures in a row: not an event's fault, but the receiver's
_chance = random.SystemRandom()


@dataclass(frozen=True)
class Owed:
    """An event to send, from the feed or (`delivery_id`) tried again; `is_behind` another."""

    event: Row[Any]
    delivery_id: UUID | None = None
    is_behind: bool = False


def lease(webhook_id: UUID) -> Webhook | None:
    """Take a receiver to work on, alone, for LEASE; None if it is taken, rests, or is over."""
    now = clock.now()
    return session.scalars(
        update(Webhook)
        .where(
            Webhook.id == webhook_id,
            _is_over(Webhook.leased_until, now, LEASE),
            _is_over(Webhook.rests_until, now, LONGEST_REST),
            Webhook.paused_at.is_(None),
            Webhook.ended_at.is_(None),
        )
        .values(leased_until=now + LEASE)
        .returning(Webhook)
    ).one_or_none()


def give_back(webhook_id: UUID, *, was_slow: bool) -> None:
    """End a lease, and remember whether the receiver took long."""
    _change(webhook_id, leased_until=clock.now(), is_slow=was_slow)


def owed(webhook_id: UUID) -> Sequence[Owed]:
    """Return what comes next: what is due again, else what follows in the feed. At most BATCH."""
    again = [
        Owed(event, delivery_id) for delivery_id, event in queries.due_again(webhook_id, BATCH)
    ]
    if again:
        return again
    wanted = _next_wanted(session.get_one(Webhook, webhook_id))
    behind = queries.subjects_waiting(webhook_id, [event.subject_id for event in wanted])
    return [Owed(event, is_behind=event.subject_id in behind) for event in wanted]


def park(webhook_id: UUID, what: Owed) -> None:
    """Let an event of the feed wait behind an earlier one of its subject."""
    if what.delivery_id is None:
        session.add(_delivery(webhook_id, what.event))
        _go_past(webhook_id, what.event)


def note_taken(webhook_id: UUID, what: Owed) -> None:
    """Write down that the receiver took an event; what waited behind it is due."""
    webhook, now = session.get_one(Webhook, webhook_id), clock.now()
    if what.delivery_id:
        if row := session.get(WebhookDelivery, what.delivery_id):
            session.delete(row)
            session.flush()  # The next of the subject is looked for among the others.
        _let_next_go(webhook_id, what.event.subject_id, now)
    else:
        _go_past(webhook_id, what.event)
    if webhook.failures >= _DOWN:
        _hurry(webhook_id, now)
    _change(webhook_id, failures=0, fault=None, delivered=Webhook.delivered + 1, delivered_at=now)


def note_refused(webhook_id: UUID, what: Owed, sent: Sent, settings: Settings) -> bool:
    """Write down that the receiver did not take an event; say whether to go on with others.

    It is tried again later, `webhook_tries` times in all; then it is given up, and the next of
    its subject is due.
    """
    now, first = clock.now(), timedelta(seconds=settings.webhook_retry_seconds)
    row = _row_of(webhook_id, what)
    if row is None:
        return False  # Somebody has ended the subscription meanwhile.
    row.tries, row.fault = row.tries + 1, sent.fault
    if row.tries >= settings.webhook_tries:
        row.dead_at, row.next_try_at = now, None
        session.flush()  # The next of the subject is looked for among the others.
        _let_next_go(webhook_id, what.event.subject_id, now)
    else:
        row.next_try_at = now + wait_after(row.tries, first=first, chance=_chance.random())
    failures = session.get_one(Webhook, webhook_id).failures + 1
    rest = rest_after(failures, first=first)
    _change(webhook_id, failures=failures, fault=sent.fault, rests_until=now + rest)
    return not rest


def _is_over(until: Any, now: datetime, longest: timedelta) -> ColumnElement[bool]:
    """Say whether a time is over; one that lasts too long is of before the clock jumped."""
    return or_(until <= now, until > now + longest)


def _row_of(webhook_id: UUID, what: Owed) -> WebhookDelivery | None:
    """Return the row in which an event waits; a new one if it comes from the feed."""
    if what.delivery_id:
        return session.get(WebhookDelivery, what.delivery_id)
    row = _delivery(webhook_id, what.event)
    session.add(row)
    _go_past(webhook_id, what.event)
    return row


def _next_wanted(webhook: Webhook) -> list[Row[Any]]:
    """Return the next events of the types that were chosen; go past a stretch that has none."""
    for _stretch in range(_STRETCHES):
        place = feed.Place(webhook.cursor_xid, webhook.cursor_seq)
        events = feed.events_after(place, most=BATCH)
        wanted = [event for event in events if not webhook.types or event.type in webhook.types]
        if wanted or not events:
            return wanted
        webhook.cursor_xid, webhook.cursor_seq = events[-1].xid, events[-1].seq
    return []


def _delivery(webhook_id: UUID, event: Row[Any]) -> WebhookDelivery:
    return WebhookDelivery(
        id=ids.uuid7(),
        webhook_id=webhook_id,
        event_id=event.id,
        event_at=event.at,
        subject_id=event.subject_id,
        tries=0,
    )


def _go_past(webhook_id: UUID, event: Row[Any]) -> None:
    _change(webhook_id, cursor_xid=event.xid, cursor_seq=event.seq)


def _change(webhook_id: UUID, **values: Any) -> None:
    session.execute(update(Webhook).where(Webhook.id == webhook_id).values(**values))


def _let_next_go(webhook_id: UUID, subject_id: UUID, now: datetime) -> None:
    """Let the first of what waits about a subject be due."""
    first = (
        select(WebhookDelivery.id)
        .where(
            WebhookDelivery.webhook_id == webhook_id,
            WebhookDelivery.subject_id == subject_id,
            WebhookDelivery.dead_at.is_(None),
        )
        .order_by(WebhookDelivery.id)
        .limit(1)
        .scalar_subquery()
    )
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.id == first, WebhookDelivery.next_try_at.is_(None))
        .values(next_try_at=now)
    )


def _hurry(webhook_id: UUID, now: datetime) -> None:
    """Let all that waits for its time be due: the receiver is back."""
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.next_try_at > now)
        .values(next_try_at=now)
    )
