"""The inbox behind the bell."""

from uuid import UUID

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core.access import Permission, allow
from portal.notify import actions, kinds, queries
from portal.notify.bell import bell_of
from portal.notify.unbroken import unbroken

bp = Blueprint("notify", __name__, url_prefix="/notifications")


@bp.get("")
@allow(Permission.SELF)
def list_notifications() -> ResponseReturnValue:
    after = request.args.get("after")
    page = queries.inbox(principal().user, after=after)
    return render_template(
        "notify/list_notifications.html",
        page=page,
        after=after,
        kind_of=kinds.remembered,
        unbroken=unbroken,
    )


@bp.post("/<uuid:notification_id>/open")
@allow(Permission.SELF)
def open_notification(notification_id: UUID) -> ResponseReturnValue:
    notification = queries.notification_of(principal().user, notification_id)
    actions.read_notification(notification)
    return redirect(notification.link)


@bp.post("/read-all")
@allow(Permission.SELF)
def read_all_notifications() -> ResponseReturnValue:
    actions.read_all_notifications(by=principal().user)
    return redirect(url_for(".list_notifications"))


def init_app(app: Flask) -> None:
    """Hang this inbox on the bell of every page."""
    app.extensions["bell"] = lambda who: bell_of(who.user)
