"""Subscribe and unsubscribe; each change is a line in the ledger of consents."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import User
from portal.core import clock, db, ids
from portal.core.db import session
from portal.news.models import Channel, Consent, Newsletter, Reader, UnsubscribeToken


def change_subscriptions(user: User, *, offered: Iterable[Newsletter], wanted: set[UUID]) -> None:
    """Let the user get, by e-mail, those of the `offered` newsletters that are `wanted`, no other.

    What stays as it was is not written down again.
    """
    for newsletter in offered:
        if newsletter.id in wanted:
            _subscribe(user.id, newsletter, source="preferences")
        else:
            unsubscribe(user.id, newsletter, channel=Channel.EMAIL, source="preferences")


def _subscribe(user_id: UUID, newsletter: Newsletter, *, source: str) -> None:
    added = session.scalar(
        insert(Reader)
        .values(
            id=ids.uuid7(),
            user_id=user_id,
            newsletter_id=newsletter.id,
            channel=Channel.EMAIL,
            since_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(Reader.id)
    )
    if added:
        _write_down(user_id, newsletter, Channel.EMAIL, is_given=True, source=source)


def unsubscribe_by(behind: UnsubscribeToken, *, source: str) -> None:
    """End what an unsubscribe link stands for, in its reader's name; twice is the same."""
    db.see(user_id=behind.user_id)
    unsubscribe(behind.user_id, behind.newsletter, channel=behind.channel, source=source)


def unsubscribe(user_id: UUID, newsletter: Newsletter, *, channel: str, source: str) -> None:
    """End a subscription; where there is none, nothing changes.

    `source` says where it was ended: preferences, page (the link's), one-click, email.
    """
    ended = session.scalar(
        delete(Reader)
        .where(
            Reader.user_id == user_id,
            Reader.newsletter_id == newsletter.id,
            Reader.channel == channel,
        )
        .returning(Reader.id)
    )
    if ended:
        _write_down(user_id, newsletter, channel, is_given=False, source=source)


def _write_down(
    user_id: UUID, newsletter: Newsletter, channel: str, *, is_given: bool, source: str
) -> None:
    session.add(
        Consent(
            user_id=user_id,
            purpose=newsletter.purpose,
            channel=channel,
            is_given=is_given,
            source=source,
            created_at=clock.now(),
        )
    )
