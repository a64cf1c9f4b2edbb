"""What happens to appeals without anybody pressing a button."""

from uuid import UUID

from sqlalchemy import text

from portal.appeals import queries
from portal.appeals.models import REOPEN_FOR, Appeal
from portal.appeals.states import State
from portal.core import audit, clock, ids
from portal.core.db import session

_ERASE = text("select erase_message(:tombstone, :message_id, :reason, :now, :by_id)")


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


def note_rating(appeal_id: UUID, *, score: int) -> None:
    """Show the customer's rating on the appeal itself."""
    session.get_one(Appeal, appeal_id).rating = score


def erase_text(message_id: UUID, *, reason: str, by_id: UUID | None) -> bool:
    """Erase a message's text by law; a tombstone with the public reason takes its place.

    The chain still holds. Returns whether there was a text. For the worker only: no other role may.
    Records `appeals.text_erased`.
    """
    erased = session.scalar(
        _ERASE,
        {
            "tombstone": ids.uuid7(),
            "message_id": message_id,
            "reason": reason,
            "now": clock.now(),
            "by_id": by_id,
        },
    )
    if erased:
        audit.record("appeals.text_erased", message_id=message_id)
    return bool(erased)
