"""The ledger of deliveries: one row per issue, reader and channel, and what became of it.

Each function is one or two statements of a transaction that its caller commits at once. A row is
`queued`, taken by one sender (`sender`), `in_flight` while the mail server has it, and then at an
end. What a killed sender had in flight becomes `uncertain` and is not sent again: nobody gets an
issue twice, and nobody is skipped without being listed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.accounts.models import User
from portal.core import ids
from portal.core.db import digest
from portal.news.models import (
    Delivery,
    DeliveryState,
    Issue,
    Reader,
    State,
    Suppression,
    UnsubscribeToken,
)
from portal.news.queries import address_hash, audience

BATCH = 50
MOST_TRIES = 5
QUEUED, IN_FLIGHT = DeliveryState.QUEUED, DeliveryState.IN_FLIGHT


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a copy; `retry_at` is set when it goes back into the queue."""

    state: DeliveryState
    reason: str = ""
    retry_at: datetime | None = None


def write_down(own: Session, issue: Issue, *, now: datetime) -> None:
    """List everybody who is to get the issue, by one statement; a second time adds nobody."""
    chosen = audience(issue.newsletter_id).subquery()
    rows = select(
        func.gen_random_uuid(),
        literal(issue.id),
        chosen.c.user_id,
        chosen.c.channel,
        literal(QUEUED.value),
        literal(0),
        literal(now),
    )
    columns = ["id", "issue_id", "user_id", "channel", "state", "tries", "changed_at"]
    own.execute(insert(Delivery).from_select(columns, rows).on_conflict_do_nothing())
    issue.listed_at = now


def take_over(own: Session, issue_id: UUID, sender: int, *, now: datetime) -> None:
    """Clear up after a run of the same sender that was killed, before this one begins.

    What it had in flight is uncertain; what it had only taken goes back into the queue.
    """
    held = update(Delivery).where(Delivery.issue_id == issue_id, Delivery.sender == sender)
    own.execute(
        held.where(Delivery.state == IN_FLIGHT).values(
            state=DeliveryState.UNCERTAIN, reason="interrupted", changed_at=now
        )
    )
    own.execute(held.where(Delivery.state == QUEUED).values(sender=None))


def take_batch(
    own: Session, issue_id: UUID, sender: int, *, now: datetime
) -> Sequence[Row[UUID, UUID, str, str, str]]:
    """Take up to fifty copies for one sender; two senders never take the same.

    Returns rows of (delivery id, user id, address, name, language); none if the issue is not
    being sent, or nothing can be sent now.
    """
    free = (
        select(Delivery.id)
        .join(Issue, Issue.id == Delivery.issue_id)
        .where(Delivery.issue_id == issue_id, Delivery.state == QUEUED)
        .where(Delivery.sender.is_(None), Issue.state == State.SENDING)
        .where(Delivery.retry_at.is_(None) | (Delivery.retry_at <= now))
        .order_by(Delivery.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Delivery)
    )
    taken = list(own.scalars(free))
    if not taken:
        return []
    own.execute(update(Delivery).where(Delivery.id.in_(taken)).values(sender=sender))
    return own.execute(
        select(Delivery.id, User.id, User.email, User.name, User.language)
        .join(User, User.id == Delivery.user_id)
        .where(Delivery.id.in_(taken))
        .order_by(Delivery.id)
    ).all()


def remember_tokens(
    own: Session, newsletter_id: UUID, channel: str, tokens: Sequence[tuple[UUID, str]]
) -> None:
    """Keep the digests of unsubscribe secrets (user id, secret); those known stay."""
    rows = [
        {
            "id": ids.uuid7(),
            "token_hash": digest(token),
            "user_id": user_id,
            "newsletter_id": newsletter_id,
            "channel": channel,
        }
        for user_id, token in tokens
    ]
    if rows:
        own.execute(insert(UnsubscribeToken).values(rows).on_conflict_do_nothing())


def begin(own: Session, delivery_id: UUID, sender: int, *, now: datetime) -> int:
    """Put a copy in flight if its reader still wants it and can be reached, and nobody paused.

    Consent and suppression are looked at here, in the moment before it leaves. Returns which try
    this is, from 1; 0 if it must not leave.
    """
    wanted = (
        exists()
        .where(User.id == Delivery.user_id, User.disabled_at.is_(None))
        .where(Issue.id == Delivery.issue_id, Issue.state == State.SENDING)
        .where(
            Reader.user_id == Delivery.user_id,
            Reader.newsletter_id == Issue.newsletter_id,
            Reader.channel == Delivery.channel,
        )
        .where(~exists().where(Suppression.address_hash == address_hash()))
    )
    started = own.scalar(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == QUEUED, Delivery.sender == sender)
        .where(wanted)
        .values(state=IN_FLIGHT, tries=Delivery.tries + 1, changed_at=now)
        .returning(Delivery.tries)
    )
    return started or 0


def withdraw(own: Session, delivery_id: UUID, sender: int, *, now: datetime) -> bool:
    """Note that a copy is not wanted any more. False if it was not that: the issue is paused."""
    sending = exists().where(Issue.id == Delivery.issue_id, Issue.state == State.SENDING)
    done = own.scalar(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == QUEUED, Delivery.sender == sender)
        .where(sending)
        .values(state=DeliveryState.WITHDRAWN, changed_at=now)
        .returning(Delivery.id)
    )
    return done is not None


def settle(
    own: Session, delivery_id: UUID, sender: int, outcome: Outcome, *, now: datetime
) -> None:
    """Write down what became of a copy."""
    own.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.sender == sender)
        .where(Delivery.state.in_((QUEUED, IN_FLIGHT, DeliveryState.UNCERTAIN)))
        .values(
            state=outcome.state,
            reason=outcome.reason or None,
            retry_at=outcome.retry_at,
            sender=None if outcome.state == QUEUED else sender,
            changed_at=now,
        )
    )


def suppress(own: Session, address: str, *, reason: str, now: datetime) -> None:
    """Send nothing more to an address."""
    row = {"id": ids.uuid7(), "address_hash": digest(address), "reason": reason, "created_at": now}
    own.execute(insert(Suppression).values(row).on_conflict_do_nothing())


def give_back(own: Session, issue_id: UUID, sender: int) -> None:
    """Put what a sender took and will not send now back into the queue."""
    own.execute(
        update(Delivery)
        .where(Delivery.issue_id == issue_id, Delivery.sender == sender)
        .where(Delivery.state == QUEUED)
        .values(sender=None)
    )


def close(own: Session, issue_id: UUID, *, now: datetime) -> datetime | None:
    """End the mailing if nothing is queued or in flight; else return when to go on, if known.

    Two senders that end at once wait for each other here, so that the later one sees it all.
    """
    issue = own.scalar(select(Issue).where(Issue.id == issue_id).with_for_update())
    if issue is None or issue.state != State.SENDING:
        return None
    open_ones = (Delivery.issue_id == issue_id, Delivery.state.in_((QUEUED, IN_FLIGHT)))
    count, retry_at = own.execute(
        select(func.count(), func.min(Delivery.retry_at)).where(*open_ones)
    ).one()
    if not count:
        issue.finish(now)
        return None
    return max(retry_at, now + timedelta(seconds=5)) if retry_at else None


def pause(own: Session, issue_id: UUID) -> None:
    """Pause a mailing by itself, if it is still being sent."""
    issue = own.scalar(select(Issue).where(Issue.id == issue_id).with_for_update())
    if issue is not None and issue.state == State.SENDING:
        issue.pause()
