"""What hangs on the bell of every page."""

from flask import url_for

from portal.accounts.models import User
from portal.core.page import Bell, BellItem
from portal.notify import kinds, queries


def bell_of(user: User) -> Bell:
    """Return the count of unread notifications and the newest three. One statement."""
    count, newest = queries.unread(user)
    items = tuple(
        BellItem(
            text=(kind := kinds.remembered(each.kind)).title_for(each.values),
            icon=kind.icon,
            url=url_for("notify.open_notification", notification_id=each.id),
            when=each.created_at,
        )
        for each in newest
    )
    return Bell(unread=count, items=items, url=url_for("notify.list_notifications"))
