"""Tell people what happened, and note that they have seen it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class Notice:
    """One row of somebody's inbox; its parts are what `notify` takes."""

    user_id: UUID
    kind: str
    link: str
    values: dict[str, Any] = field(default_factory=dict)
    account_id: UUID | None = None


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
    notify_all([Notice(user_id, kind, link, values, account_id) for user_id in _ids(users)])


def notify_all(notices: Sequence[Notice]) -> None:
    """Do what `notify` does for many at once: one statement, and one for each that is mailed."""
    now, mailed = clock.now(), [kinds.known(notice.kind).by_email for notice in notices]
    told = [
        Notification(
            user_id=notice.user_id,
            account_id=notice.account_id,
            kind=notice.kind,
            link=notice.link,
            values=kept(notice.values),
            created_at=now,
        )
        for notice in notices
    ]
    session.add_all(told)
    session.flush()  # The job's row needs the notification's id.
    for each, is_mailed in zip(told, mailed, strict=True):
        if is_mailed:
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
