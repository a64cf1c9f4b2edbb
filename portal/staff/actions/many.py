"""One text goes to many: written down at once, sent one by one by a job, each exactly once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from portal.accounts.models import User
from portal.appeals import queries as appeals
from portal.appeals.models import LONGEST_BODY, Contact
from portal.core import audit, clock, ids
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.jobs import enqueue
from portal.core.text import LANGUAGES, _l, reading_as
from portal.staff import fields
from portal.staff.actions.speaking import field_values, speak
from portal.staff.models import BulkAnswer, BulkAnswerItem
from portal.staff.queries import many
from portal.staff.speech import Speech, Written


@dataclass(frozen=True)
class ManyWritten:
    """What is written to many: `texts` by language (kk, ru, en), with fields."""

    kind: Speech
    texts: Mapping[str, str]
    promised_at: datetime | None = None
    reason: str = ""

    @classmethod
    def same(cls, written: Written) -> "ManyWritten":
        """Return one text for readers of every language."""
        texts = dict.fromkeys(LANGUAGES, written.body)
        return cls(written.kind, texts, written.promised_at, written.reason)


def answer_many(appeal_ids: Collection[UUID], written: ManyWritten, *, by: User) -> BulkAnswer:
    """Write down what goes to each of these appeals; a job sends it after the commit.

    Records `staff.many_answered`. Raises RuleError without an appeal or for more than 200 (field
    `chosen`), for a text that is empty, too long or has a field that nobody can fill (field
    `body`), and for an interim answer without its date (field `promised_at`).
    """
    chosen = list(dict.fromkeys(appeal_ids))
    _check(chosen, written)
    bulk = BulkAnswer(
        id=ids.uuid7(),
        by_id=by.id,
        kind=written.kind,
        texts=dict(written.texts),
        promised_at=written.promised_at,
        reason=written.reason,
        created_at=clock.now(),
    )
    session.add(bulk)
    session.flush()  # The items point to it.
    session.add_all(BulkAnswerItem(bulk_id=bulk.id, appeal_id=each) for each in chosen)
    audit.record("staff.many_answered", subject=bulk, actor=by, count=len(chosen))
    enqueue(session, "portal.staff.jobs.send_to_many", bulk_id=str(bulk.id))
    return bulk


def send_next(bulk_id: UUID) -> bool:
    """Send one of many, in this transaction; tell whether there was one.

    What its rules refuse is written down with the reason, in the language of who sent it.
    """
    item = many.next_item(bulk_id)
    if item is None:
        return False
    bulk = many.bulk_answer(bulk_id)
    by = session.get_one(User, bulk.by_id)
    try:
        with session.begin_nested():
            _send(item, bulk, by)
    except RuleError as refused:
        with reading_as(by.language):
            item.refusal = refused.message
    item.done_at = clock.now()
    return True


def _send(item: BulkAnswerItem, bulk: BulkAnswer, by: User) -> None:
    appeal = appeals.appeal_for_staff(item.appeal_id, lock=True)
    contact = session.get_one(Contact, appeal.contact_id)
    text = bulk.texts[contact.language]
    values = field_values(appeal, contact, by=by, promised_at=bulk.promised_at)
    if empty := fields.empty_fields(text, values):
        raise RuleError(_l("%(fields)s cannot be filled here."), fields=", ".join(empty))
    written = Written(Speech(bulk.kind), text, bulk.promised_at, bulk.reason)
    speak(appeal, replace(written, body=fields.fill(text, values)), by=by)


def _check(chosen: Sequence[UUID], written: ManyWritten) -> None:
    if not chosen:
        raise RuleError(_l("Choose at least one appeal."), field="chosen")
    if len(chosen) > many.MOST_AT_ONCE:
        raise RuleError(
            _l("Choose %(most)s appeals at most."), field="chosen", most=many.MOST_AT_ONCE
        )
    for text in written.texts.values():
        _check_text(text)
    if written.kind is Speech.INTERIM and written.promised_at is None:
        raise RuleError(
            _l("Name the day and time by which the final answer comes."), field="promised_at"
        )


def _check_text(text: str) -> None:
    if not text.strip():
        raise RuleError(_l("Write a message first."), field="body")
    if len(text) > LONGEST_BODY:
        raise RuleError(
            _l("This message is too long: %(most)s characters at most."),
            field="body",
            most=LONGEST_BODY,
        )
    if wrong := fields.unknown_fields(text):
        raise RuleError(
            _l("Nobody can fill %(wrong)s. The fields are: %(known)s."),
            field="body",
            wrong=", ".join(wrong),
            known=", ".join(f"{{{each}}}" for each in fields.FIELDS),
        )
