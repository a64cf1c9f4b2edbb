"""What happens to appeals without anybody pressing a button."""

from uuid import UUID

from sqlalchemy import select, text

from portal.appeals import letters, queries
from portal.appeals.models import REOPEN_FOR, Appeal, Attachment, Contact, Message
from portal.appeals.states import State
from portal.core import audit, clock, files, ids
from portal.core.db import session
from portal.core.text import reading_as, translate
from portal.promises import queries as promise_queries
from portal.promises.planning.words import KIND_NAMES

_ERASE = text("select erase_message(:tombstone, :message_id, :reason, :now, :by_id, :instead)")


def close_answered(*, most: int) -> int:
    """Close appeals whose 10 days after the answer are over; return how many, `most` at a time.

    Records `appeals.appeal_closed` for each. Source: appeals-and-sla.md, "States".
    """
    now = clock.now()
    closing = queries.answered_before(now - REOPEN_FOR, most=most)
    for appeal in closing:
        appeal.become(State.CLOSED, now=now)
        audit.record("appeals.appeal_closed", subject=appeal)
    return len(closing)


def resume_unanswered(after: UUID | None, *, most: int) -> UUID | None:
    """Take up appeals whose customer has not answered a question in 15 days, and tell him.

    The clock of the promise runs again by itself; this only says so. Looks at `most` appeals from
    the id `after` on, and returns the last id, or None at the end. Records `appeals.wait_ended`.
    Source: appeals-and-sla.md, "Promises", `final` investigation.
    """
    now = clock.now()
    waiting = queries.waiting_after(after, most=most)
    for appeal in waiting:
        case = promise_queries.case_of(queries.SUBJECT, appeal.id)
        if any(p.waits_until and p.waits_until <= now for p in case.running()):
            appeal.become(State.IN_PROGRESS, now=now)
            letters.tell_of_end_of_wait(appeal)
            audit.record("appeals.wait_ended", subject=appeal)
    return waiting[-1].id if len(waiting) == most else None


def note_rating(appeal_id: UUID, *, score: int) -> None:
    """Show the customer's rating on the appeal itself."""
    session.get_one(Appeal, appeal_id).rating = score


def erase_text(message_id: UUID, *, reason: str, by_id: UUID | None) -> bool:
    """Erase a message's text and files by law; a tombstone with the public reason takes its place.

    With the customer's first message the subject goes, too, wherever the portal shows it: the kind
    of the appeal stands there. Letters that were sent keep it. The chain still holds: it has only
    hashes. Returns whether there was anything. For the worker only: no other role may. Records
    `appeals.text_erased`.
    """
    keys = session.scalars(select(Attachment.key).where(Attachment.message_id == message_id)).all()
    erased = session.scalar(
        _ERASE,
        {
            "tombstone": ids.uuid7(),
            "message_id": message_id,
            "reason": reason,
            "now": clock.now(),
            "by_id": by_id,
            "instead": _kind_of(message_id),
        },
    )
    if erased:
        for key in filter(None, keys):
            files.forget(key)  # Before the commit: no erasure stands with its files on the disk.
        audit.record("appeals.text_erased", message_id=message_id)
    return bool(erased)


def _kind_of(message_id: UUID) -> str:
    """Return what the appeal of a message is, in its customer's language."""
    kind, language = session.execute(
        select(Appeal.kind, Contact.language)
        .join(Contact, Contact.id == Appeal.contact_id)
        .join(Message, Message.appeal_id == Appeal.id)
        .where(Message.id == message_id)
    ).one()
    with reading_as(language):
        return translate(KIND_NAMES[kind])
