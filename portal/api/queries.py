"""Reads for other systems. For staff's sessions, but for a token that is shown itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account, User
from portal.api.models import ApiAct, ApiToken
from portal.appeals.models import Appeal, Message
from portal.appeals.queries import SUBJECT
from portal.appeals.states import State
from portal.core import db
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
