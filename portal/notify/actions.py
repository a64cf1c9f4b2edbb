"""Tell people what happened, and note that they have seen it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import update

from portal.accounts.models import User
from portal.core import clock
from portal.core.db import session
from portal.core.jobs import enqueue
from portal.core.wording import kept
from portal.notify import kinds
from portal.notify.models import Notification

Reader = User | UUID


def notify(
    users: Reader | Iterable[Reader],
    kind: str,
    *,
    link: str,
    account_id: UUID | None = None,
    **values: Any,
) -> None:
    """Put a row into the inbox of each user (once each) and send an e-mail by job.

    Both leave with this transaction, and not without it. `link` is a path of the portal ("/a/...")
    that shows the thing; `values` fill the kind's sentences: text, int, Decimal (tenge), datetime,
    date, or {"kk", "ru", "en"}. Raises KeyError if nobody registered the kind.
    """
    known, now = kinds.known(kind), clock.now()
    told = [
        Notification(
            user_id=user_id,
            account_id=account_id,
            kind=kind,
            link=link,
            values=kept(values),
            created_at=now,
        )
        for user_id in _ids(users)
    ]
    session.add_all(told)
    session.flush()  # The job's row needs the notification's id.
    if known.by_email:
        for each in told:
            enqueue(session, "portal.notify.jobs.mail_notification", notification_id=str(each.id))


def _ids(users: Reader | Iterable[Reader]) -> list[UUID]:
    each = [users] if isinstance(users, User | UUID) else users
    return list(dict.fromkeys(one.id if isinstance(one, User) else one for one in each))


def read_notification(notification: Notification) -> None:
    """Mark one notification as read; a second time changes nothing."""
    notification.read_at = notification.read_at or clock.now()


def read_all_notifications(*, by: User) -> None:
    """Mark everything in the user's inbox as read."""
    unread = (Notification.user_id == by.id, Notification.read_at.is_(None))
    session.execute(update(Notification).where(*unread).values(read_at=clock.now()))
