"""Jobs of appeals."""

from uuid import UUID

from portal.appeals import actions
from portal.appeals.post import actions as post
from portal.core.db import transaction
from portal.core.jobs import periodic, task

_BATCH = 200


@periodic("7 * * * *")
def close_answered() -> None:
    """Close, in batches, what nobody reopened within 10 days."""
    while True:
        with transaction():
            closed = actions.close_answered(most=_BATCH)
        if closed < _BATCH:
            return


@periodic("41 * * * *")
def resume_unanswered() -> None:
    """Take up, in batches, what has waited 15 days for the customer."""
    after: UUID | None = None
    while True:
        with transaction():
            after = actions.resume_unanswered(after, most=_BATCH)
        if after is None:
            return


@periodic("23 2 * * *")
def drop_old_drafts() -> None:
    """Throw away, in batches, what somebody began to write and forgot."""
    while True:
        with transaction():
            dropped = actions.drop_old_drafts(most=_BATCH)
        if dropped < _BATCH:
            return


@task()
def erase_text(message_id: str, reason: str, by_id: str | None = None) -> None:
    """Erase a message's text by law."""
    with transaction():
        actions.erase_text(UUID(message_id), reason=reason, by_id=UUID(by_id) if by_id else None)


@periodic("53 2 * * *")
def forget_old_mail() -> None:
    """Forget which letters came in half a year ago."""
    with transaction():
        post.forget_old()
