"""What the portal tells people leaves it by e-mail too."""

from uuid import UUID

from flask import current_app
from sqlalchemy import select

from portal.accounts.models import User
from portal.core.db import transaction
from portal.core.jobs import task
from portal.core.mail import Attachment, Letter, post
from portal.core.text import reading_as
from portal.notify import kinds
from portal.notify.models import Notification


@task(tries=14)
def mail_notification(notification_id: str) -> None:
    """Send a notification by e-mail, unless it was read meanwhile or its reader may not sign in.

    The Message-ID is the notification's: a second run sends the same message, not another one.
    """
    with transaction() as own:
        row = own.execute(
            select(Notification, User)
            .join(User, User.id == Notification.user_id)
            .where(Notification.id == UUID(notification_id))
            .where(Notification.read_at.is_(None), User.disabled_at.is_(None))
        ).one_or_none()
        if row is None:
            return
        told, reader = row
        own.expunge_all()
    with reading_as(reader.language):
        post(_letter(told), to=reader.email, key=told.id, attachments=_attachments(told))


def _attachments(told: Notification) -> list[Attachment]:
    kind = kinds.remembered(told.kind)
    return [kind.attach(told.values)] if kind.attach else []


def _letter(told: Notification) -> Letter:
    kind = kinds.remembered(told.kind)
    body = kind.body_for(told.values)
    return Letter(
        subject=kind.title_for(told.values),
        lines=[body] if body else [],
        act=str(kind.act),
        url=current_app.config["SETTINGS"].base_url + told.link,
    )
