"""Reads for other systems. For staff's sessions, but for a token that is shown itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text, tuple_
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account, User
from portal.api.models import ApiAct, ApiToken, Event, Webhook, WebhookDelivery
from portal.appeals.models import Appeal, Message
from portal.appeals.queries import SUBJECT
from portal.appeals.states import State
from portal.core import clock, db
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.paging import Page, page_of
from portal.promises.models import Promise


def token_shown(secret: str) -> ApiToken | None:
    """Return the token that somebody shows, or None. Names it to row-level security."""
    digest = db.digest(secret)
    db.see(token=digest)
    return session.scalar(select(ApiToken).where(ApiToken.token_hash == digest))


def token_of(token_id: UUID) -> ApiToken:
    """Return a token. Raises NotFoundError."""
    if found := session.get(ApiToken, token_id):
        return found
    raise NotFoundError


def tokens(*, most: int = 100) -> Sequence[ApiToken]:
    """Return the tokens with those they speak for, newest first; those that count no more too."""
    query = select(ApiToken).options(joinedload(ApiToken.speaks_for))
    return session.scalars(query.order_by(ApiToken.id.desc()).limit(most)).all()


def colleague(email: str) -> User | None:
    """Return the member of staff with this e-mail address, or None."""
    query = select(User).where(User.email == email.strip().lower(), User.staff_role.is_not(None))
    return session.scalar(query)


# -- tickets -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """Which tickets: in these states (None: any), made from `since` on and before `until`."""

    states: tuple[State, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None


def appeals_page(wanted: Wanted, *, after: str | None, per_page: int) -> Page[Appeal]:
    """Return a page of appeals with their contacts, newest first.

    When an appeal was made is a part of its id, so the id's own index serves.
    """
    query = select(Appeal).options(joinedload(Appeal.contact))
    if wanted.states is not None:
        query = query.where(Appeal.state.in_(wanted.states))
    if wanted.since:
        query = query.where(Appeal.id >= _first_id(wanted.since))
    if wanted.until:
        query = query.where(Appeal.id < _first_id(wanted.until))
    return page_of(query, Appeal.id, after=after, per_page=per_page)


def appeal_with_contact(appeal_id: UUID) -> Appeal:
    """Return an appeal with who wrote it. Raises NotFoundError."""
    query = select(Appeal).options(joinedload(Appeal.contact)).where(Appeal.id == appeal_id)
    if found := session.scalar(query):
        return found
    raise NotFoundError


def messages_of(
    appeal_ids: Sequence[UUID], *, first_only: bool
) -> Mapping[UUID, Sequence[Message]]:
    """Return the messages of appeals with their texts, oldest first. One statement."""
    query = (
        select(Message).options(joinedload(Message.body)).where(Message.appeal_id.in_(appeal_ids))
    )
    if first_only:
        query = query.where(Message.position == 1)
    found: dict[UUID, list[Message]] = defaultdict(list)
    for message in session.scalars(query.order_by(Message.appeal_id, Message.position)):
        found[message.appeal_id].append(message)
    return found


def promises_of(appeal_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Promise]]:
    """Return the promises of appeals, oldest first. One statement."""
    query = select(Promise).where(
        Promise.subject_kind == SUBJECT, Promise.subject_id.in_(appeal_ids)
    )
    found: dict[UUID, list[Promise]] = defaultdict(list)
    for promise in session.scalars(query.order_by(Promise.started_at, Promise.id)):
        found[promise.subject_id].append(promise)
    return found


def account_numbers(account_ids: Iterable[UUID | None]) -> Mapping[UUID | None, str]:
    """Return the numbers of contracts. One statement."""
    wanted = {each for each in account_ids if each}
    rows = session.execute(select(Account.id, Account.number).where(Account.id.in_(wanted)))
    return {row.id: row.number for row in rows}


def account_by_number(number: str) -> Account | None:
    """Return the contract with this number, or None."""
    return session.scalar(select(Account).where(Account.number == number))


def act_of(system: str, key: str) -> ApiAct:
    """Return what a call with this key has done; there is such a call."""
    return session.scalars(select(ApiAct).where(ApiAct.system == system, ApiAct.key == key)).one()


def acts_of(appeal_ids: Sequence[UUID], system: str) -> Mapping[UUID | None, ApiAct]:
    """Return by which call a system made each of these appeals, for those that it made."""
    query = select(ApiAct).where(
        ApiAct.appeal_id.in_(appeal_ids),
        ApiAct.system == system,
        ApiAct.external_id.is_not(None) | ApiAct.severity.is_not(None),
    )
    return {act.appeal_id: act for act in session.scalars(query.order_by(ApiAct.id))}


def _first_id(moment: datetime) -> UUID:
    """Return the least UUID (version 7) of a moment."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


# -- webhooks ----------------------------------------------------------------------------------

_BEHIND = 1000
_OWED = text(
    """
    select w.id, w.failures, w.is_slow from webhook w
    where w.ended_at is null and w.paused_at is null
      and not (w.rests_until > :now and w.rests_until <= :longest_rest)
      and not (w.leased_until > :now and w.leased_until <= :longest_lease)
      and (exists (select 1 from webhook_delivery d
                   where d.webhook_id = w.id and d.next_try_at <= :now)
           or exists (select 1 from event e
                      where e.xid < pg_snapshot_xmin(pg_current_snapshot())
                        and (e.xid, e.seq) > (w.cursor_xid::text::xid8, w.cursor_seq)))
      and not exists (select 1 from jobs.procrastinate_jobs j
                      where j.status = 'todo' and j.task_name = 'portal.api.jobs.deliver'
                        and j.args ->> 'webhook_id' = w.id::text)
    order by w.leased_until, w.id
    """
)
_STANDING = text(
    """
    select w.id, b.count as behind, b.oldest, d.waiting, d.dead
    from webhook w
    cross join lateral (
        select count(*), min(e.at) as oldest from (
            select at, type from event
            where (xid, seq) > (w.cursor_xid::text::xid8, w.cursor_seq)
            order by event.xid, seq limit :most
        ) e
        where w.types = '[]' or jsonb_exists(w.types, e.type)
    ) b
    cross join lateral (
        select count(*) filter (where dead_at is null) as waiting,
               count(*) filter (where dead_at is not null) as dead
        from webhook_delivery where webhook_id = w.id
    ) d
    where w.ended_at is null
    """
)
_AGAIN = text(
    """
    select d.id as delivery_id, e.id, e.at, e.xid::text::bigint as xid, e.seq, e.type,
           e.subject_kind, e.subject_id, e.number, e.data
    from webhook_delivery d join event e on e.id = d.event_id and e.at = d.event_at
    where d.webhook_id = :webhook_id and d.next_try_at <= :now
    order by d.id limit :most
    """
)


@dataclass(frozen=True)
class Standing:
    """How many events a receiver is behind (the next 1000 are looked at), and since when.

    `waiting` are those that wait for another try or behind one, `dead` were given up.
    """

    behind: int
    oldest: datetime | None
    waiting: int
    dead: int


def standings() -> Mapping[UUID, Standing]:
    """Return how each receiver stands. One statement."""
    rows = session.execute(_STANDING, {"most": _BEHIND})
    return {row.id: Standing(row.behind, row.oldest, row.waiting, row.dead) for row in rows}


def webhooks() -> Sequence[tuple[Webhook, Standing]]:
    """Return the receivers with how they stand, newest first. Two statements."""
    found = standings()
    query = select(Webhook).where(Webhook.ended_at.is_(None)).order_by(Webhook.id.desc())
    return [(webhook, found[webhook.id]) for webhook in session.scalars(query)]


def webhook_of(webhook_id: UUID) -> Webhook:
    """Return a receiver that is not ended. Raises NotFoundError."""
    query = select(Webhook).where(Webhook.id == webhook_id, Webhook.ended_at.is_(None))
    if found := session.scalar(query):
        return found
    raise NotFoundError


def dead_letters(webhook_id: UUID, *, after: str | None) -> Page[WebhookDelivery]:
    """Return a page of the events that were given up for a receiver, newest first."""
    query = select(WebhookDelivery).where(
        WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.dead_at.is_not(None)
    )
    return page_of(query, WebhookDelivery.id, after=after)


def events_by_id(deliveries: Sequence[WebhookDelivery]) -> Mapping[UUID, Event]:
    """Return the events that are to be delivered. One statement."""
    keys = [(each.event_id, each.event_at) for each in deliveries]
    query = select(Event).where(tuple_(Event.id, Event.at).in_(keys))
    return {event.id: event for event in session.scalars(query)}


def webhooks_owed(lease: timedelta, rest: timedelta) -> Sequence[Row[Any]]:
    """Return (id, failures, is_slow) of the receivers that are owed something and have no turn.

    The longest untended first; a lease or a rest that ends later than its longest was given
    before the clock jumped, and counts no more. For the worker.
    """
    now = clock.now()
    values = {"now": now, "longest_lease": now + lease, "longest_rest": now + rest}
    return session.execute(_OWED, values).all()


def due_again(webhook_id: UUID, most: int) -> Sequence[tuple[UUID, Row[Any]]]:
    """Return (delivery, event) of what is to be tried again now, in the order of events."""
    values = {"webhook_id": webhook_id, "now": clock.now(), "most": most}
    return [(row.delivery_id, row) for row in session.execute(_AGAIN, values)]


def subjects_waiting(webhook_id: UUID, subject_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of the subjects of which an event has not been delivered yet."""
    query = select(WebhookDelivery.subject_id).where(
        WebhookDelivery.webhook_id == webhook_id,
        WebhookDelivery.subject_id.in_(subject_ids),
        WebhookDelivery.dead_at.is_(None),
    )
    return set(session.scalars(query))
