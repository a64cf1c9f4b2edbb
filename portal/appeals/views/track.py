"""An appeal for whoever holds its receipt."""

from datetime import timedelta
from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.appeals import actions, queries
from portal.appeals.forms import ReplyForm, TrackForm
from portal.appeals.models import Appeal, Draft
from portal.appeals.outages import queries as outages
from portal.appeals.views.blueprint import bp, check_pace
from portal.appeals.views.files import lead_to
from portal.appeals.views.live import Seat, news_of, page_of
from portal.appeals.views.places import SecretPlace
from portal.core import clock, db, http, ids, throttle
from portal.core.access import Permission, allow
from portal.core.errors import NotFoundError, RuleError
from portal.core.forms import read_uuid, render_form
from portal.core.text import _l
from portal.core.text import gettext as _

_LOOKS = 20
_WINDOW = timedelta(minutes=15)


@bp.route("/appeals/track", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def track_appeal() -> ResponseReturnValue:
    form = TrackForm()
    if form.validate_on_submit():
        throttle.hit(f"track:{throttle.origin(request.remote_addr)}", limit=_LOOKS, window=_WINDOW)
        try:
            _check_receipt(form.number.data or "", form.key.data or "")
        except RuleError as error:
            form.refuse(error)
        else:
            return redirect(url_for(".show_tracked", secret=form.key.data))
    return render_form("appeals/track_appeal.html", form)


@bp.get("/appeals/track/<string:secret>")
@allow(Permission.PUBLIC)
def show_tracked(secret: str) -> ResponseReturnValue:
    draft = _held_draft(secret, request.args.get("draft"))
    form = ReplyForm(data={"draft_id": draft.id, **draft.content} if draft else {})
    return _show(_seat(secret), form)


@bp.get("/appeals/track/<string:secret>/news")
@allow(Permission.PUBLIC)
def show_news_tracked(secret: str) -> ResponseReturnValue:
    return news_of(_seat(secret))


@bp.post("/appeals/track/<string:secret>/reply")
@allow(Permission.PUBLIC)
@http.limit_body("import")
def reply_tracked(secret: str) -> ResponseReturnValue:
    appeal = queries.appeal_by_secret(secret, lock=True)
    form = ReplyForm()
    if form.validate_on_submit():
        try:
            return redirect(_reply(secret, appeal, form))
        except RuleError as error:
            form.refuse(error)
    return _show(_seat(secret), form)


@bp.post("/appeals/track/<string:secret>/close")
@allow(Permission.PUBLIC)
def close_tracked(secret: str) -> ResponseReturnValue:
    actions.close_as_working(queries.appeal_by_secret(secret, lock=True), by=None)
    flash(_("The appeal is closed. Thank you for telling us."))
    return redirect(url_for(".show_tracked", secret=secret))


@bp.post("/appeals/track/<string:secret>/withdraw")
@allow(Permission.PUBLIC)
def withdraw_tracked(secret: str) -> ResponseReturnValue:
    actions.withdraw(queries.appeal_by_secret(secret, lock=True), by=None)
    flash(_("You have withdrawn the appeal. Nobody works on it any more."))
    return redirect(url_for(".show_tracked", secret=secret))


@bp.get("/appeals/track/<string:secret>/files/<uuid:attachment_id>")
@allow(Permission.PUBLIC)
def download_tracked(secret: str, attachment_id: UUID) -> ResponseReturnValue:
    return lead_to(queries.appeal_by_secret(secret), attachment_id)


def _check_receipt(number: str, key: str) -> None:
    """Raise RuleError unless the key opens the appeal of this number; not saying which is wrong."""
    try:
        appeal = queries.appeal_by_secret(key)
    except NotFoundError:
        appeal = None
    if appeal is None or appeal.number != ids.read_short_number(number):
        raise RuleError(
            _l("No appeal has this number and this key. Compare both with your receipt.")
        )


def _held_draft(secret: str, raw: str | None) -> Draft | None:
    draft_id = read_uuid(raw)
    return queries.draft_by_secret(secret, draft_id) if draft_id else None


def _reply(secret: str, appeal: Appeal, form: ReplyForm) -> str:
    draft = _held_draft(secret, form.draft_id.data)
    if request.form.get("act") == "files":
        if draft is None:
            check_pace(f"draft:{throttle.origin(request.remote_addr)}", is_public=True)
        kept = actions.save_draft(
            draft,
            content={"body": form.body.data},
            secret_hash=db.digest(secret),
            appeal_id=appeal.id,
        )
        return url_for(".add_files_publicly", secret=secret, draft_id=kept.id)
    check_pace(appeal.number, is_public=True)
    actions.reply(appeal, body=form.body.data or "", by=None, draft=draft)
    flash(_("Your message is sent."))
    return url_for(".show_tracked", secret=secret)


def _seat(secret: str) -> Seat:
    appeal, joined = outages.tracked_with_outage(secret, clock.now())
    return Seat(SecretPlace(secret, appeal), key=secret, joined=joined)


def _show(seat: Seat, form: ReplyForm) -> Response:
    return render_form(
        "appeals/show_tracked.html",
        form,
        **page_of(seat),
        is_new="new" in request.args,
    )
