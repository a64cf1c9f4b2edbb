"""Tickets of other systems: the same appeals, by the same acts as in the portal."""

import hashlib
import json
from collections.abc import Callable
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import Account, User
from portal.api import queries
from portal.api.models import ApiAct, ApiToken
from portal.api.tmf621 import STATES_OF, NoteSaid, PatchSaid, Status, TicketSaid, is_customers
from portal.appeals import actions as appeals
from portal.appeals.actions.desk import reject_as_forwarded
from portal.appeals.models import Appeal
from portal.appeals.queries import appeal_for_staff
from portal.appeals.states import Author, State
from portal.core import clock, ids
from portal.core.db import session
from portal.core.errors import PortalError, RuleError
from portal.core.text import _l

_EXTERNAL = "external:"
_NEEDS_NOTE = {Status.PENDING, Status.RESOLVED}
_TAKES_NO_NOTE = {Status.CLOSED, Status.CANCELLED}


class KeyTakenError(PortalError):
    """A key was used before for something else. `is_external`: it is the ticket's externalId."""

    status = 409

    def __init__(self, *, is_external: bool) -> None:
        super().__init__()
        self.is_external = is_external


def create_ticket(said: TicketSaid, *, key: str, by: ApiToken) -> UUID:
    """File an appeal that came by another channel; return its id.

    The same call again (by `key`, the Idempotency-Key, or by its externalId) does nothing and
    returns the same id. Raises KeyTakenError if either stands for something else, RuleError as
    `file_appeal` does, and (field `relatedParty`) for an unknown contract.
    """
    digest, known = _digest(said), None
    keys = [_call(key)] if key else []
    if said.external_id:
        keys.append(_EXTERNAL + said.external_id)
    for each in keys:
        known = _claim(each, digest, by) or known
    appeal_id = known or _file(said, by).id
    _settle(said, appeal_id, by, keys=keys)
    return appeal_id


def change_ticket(ticket_id: UUID, said: PatchSaid, *, key: str, by: ApiToken) -> None:
    """Say something in an appeal, let it go to another state, or both.

    Raises KeyTakenError, NotFoundError, and RuleError if the appeal has no such step now, or the
    call lacks what it needs.
    """
    if key and _claim(_call(key), _digest(said, ticket_id), by):
        return
    appeal = appeal_for_staff(ticket_id, lock=True)
    note = _new_note(said)
    _check(said, note)
    if note and is_customers(note):
        appeals.reply(appeal, body=note.text, by=None)
        note = None
    if said.status is not None and appeal.state not in STATES_OF[said.status]:
        _STEPS[said.status](appeal, _words(said, note), _speaker(by))
    elif note:
        appeals.answer(appeal, body=note.text, by=_speaker(by))
    if key:
        _settle(said, appeal.id, by, keys=[_call(key)])


def _file(said: TicketSaid, by: ApiToken) -> Appeal:
    customer = said.related_party[0] if said.related_party else None
    writer = appeals.Writer(
        said.contact.name,
        said.contact.address,
        said.contact.language,
        account=_account(customer.id) if customer else None,
        proof=customer.proof if customer else None,
        channel=said.channel.name,
        received_at=said.received_at,
        registered_by=_speaker(by),
    )
    filed = appeals.file_appeal(
        writer, kind=said.ticket_type, subject=said.name, body=said.description
    )
    return filed.appeal


def _account(number: str) -> Account:
    if found := queries.account_by_number(number):
        return found
    raise RuleError(_l("There is no such contract."), field="relatedParty.0.id")


def _speaker(by: ApiToken) -> User:
    """Return the colleague for whom the system speaks, as he is now."""
    user = session.get(User, by.speaks_for_id) if by.speaks_for_id else None
    if user is None or not user.sees_customers or user.disabled_at:
        raise RuleError(_l("The colleague for whom this token speaks works here no more."))
    return user


# -- what a status asks for --------------------------------------------------------------------


def _new_note(said: PatchSaid) -> NoteSaid | None:
    """Return the note that is new: systems may send those that they got along with it."""
    fresh = [note for note in said.note if note.id is None]
    if len(fresh) > 1:
        raise RuleError(_l("Send one new note at a time."), field="note")
    if fresh and fresh[0].author is Author.SYSTEM:
        raise RuleError(_l("Nobody but the portal writes as the system."), field="note")
    return fresh[0] if fresh else None


def _check(said: PatchSaid, note: NoteSaid | None) -> None:
    if said.status is None and note is None:
        raise RuleError(_l("Send a status, or a note without an id."), field="status")
    if said.status_change_reason and said.status is not Status.REJECTED:
        raise RuleError(_l("Only a rejection has a reason."), field="statusChangeReason")
    is_answer = note is not None and not is_customers(note)
    if said.status in _NEEDS_NOTE and not is_answer:
        raise RuleError(_l("This status needs a note of the specialist."), field="note")
    if said.status in _TAKES_NO_NOTE and is_answer:
        raise RuleError(_l("This status takes no note of the specialist."), field="note")


def _words(said: PatchSaid, note: NoteSaid | None) -> str:
    return note.text if note else said.status_change_reason or ""


def _take_up(appeal: Appeal, words: str, by: User) -> None:
    if words:
        appeals.answer(appeal, body=words, by=by)
    elif appeal.state == State.REGISTERED:
        appeals.claim(appeal, by=by)
    else:
        raise RuleError(_l("It is in progress again when somebody writes."), field="status")


def _ask(appeal: Appeal, words: str, by: User) -> None:
    appeals.answer(appeal, body=words, by=by, asks=True)


def _resolve(appeal: Appeal, words: str, by: User) -> None:
    appeals.send_final(appeal, body=words, by=by)


def _reject(appeal: Appeal, words: str, by: User) -> None:
    reject_as_forwarded(appeal, reason=words, by=by)


def _close(appeal: Appeal, _words: str, by: User) -> None:
    appeals.close_as_working(appeal, by=by)


def _cancel(appeal: Appeal, _words: str, by: User) -> None:
    appeals.withdraw(appeal, by=by)


def _refuse(_appeal: Appeal, _words: str, _by: User) -> None:
    raise RuleError(_l("No call brings a ticket to this status."), field="status")


_STEPS: dict[Status, Callable[[Appeal, str, User], None]] = {
    Status.ACKNOWLEDGED: _refuse,
    Status.HELD: _refuse,
    Status.IN_PROGRESS: _take_up,
    Status.PENDING: _ask,
    Status.RESOLVED: _resolve,
    Status.REJECTED: _reject,
    Status.CLOSED: _close,
    Status.CANCELLED: _cancel,
}


# -- the same call again -----------------------------------------------------------------------


def _digest(said: BaseModel, ticket_id: UUID | None = None) -> str:
    content = said.model_dump(mode="json") | {"ticket": str(ticket_id)}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _call(key: str) -> str:
    return f"call:{key}"


def _claim(key: str, digest: str, by: ApiToken) -> UUID | None:
    """Take a key for this call; return the appeal of the earlier call that said the same.

    Of two at once the second waits here for the first one's commit or rollback.
    """
    claim = insert(ApiAct).values(
        id=ids.uuid7(), system=by.system, key=key, digest=digest, at=clock.now()
    )
    if session.scalar(claim.on_conflict_do_nothing().returning(ApiAct.id)):
        return None
    known = queries.act_of(by.system, key)
    if known.digest != digest:
        raise KeyTakenError(is_external=key.startswith(_EXTERNAL))
    return known.appeal_id


def _settle(said: BaseModel, appeal_id: UUID, by: ApiToken, *, keys: list[str]) -> None:
    facts = {
        "external_id": getattr(said, "external_id", None),
        "severity": getattr(said, "severity", None),
    }
    session.execute(
        update(ApiAct)
        .where(ApiAct.system == by.system, ApiAct.key.in_(keys))
        .values(appeal_id=appeal_id, **facts)
    )
