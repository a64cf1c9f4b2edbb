"""The specialist's desk."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.accounts.models import User
from portal.appeals import actions as appeals
from portal.appeals import queries as appeal_queries
from portal.appeals.models import Appeal
from portal.appeals.timeline import timeline
from portal.core import clock, files, http
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _
from portal.core.text import language
from portal.promises import queries as promise_queries
from portal.promises.fold import longest_promise
from portal.promises.standing import standings
from portal.staff import actions, queries
from portal.staff.forms import AnswerForm, InvestigationForm, Speech

bp = Blueprint("staff", __name__, url_prefix="/staff")


@bp.get("/queue")
@allow(Permission.DESK_WORK)
def show_queue() -> ResponseReturnValue:
    return render_template("staff/show_queue.html", **_queue())


@bp.get("/queue/news")
@allow(Permission.DESK_WORK)
def show_queue_news() -> ResponseReturnValue:
    """Answer the desk's question whether the queue has changed: 304 while it has not."""
    if "HX-Request" not in request.headers:
        return redirect(url_for(".show_queue"), 303)
    mark = queries.mark_of(queries.loads(by=principal().user, now=clock.now()))
    page = render_template("staff/_queue_news.html", is_new=request.args.get("seen") != mark)
    response = make_response(page)
    response.set_etag(f"{mark}-{request.args.get('seen')}-{language()}")
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)


@bp.get("/appeals/<uuid:appeal_id>")
@allow(Permission.DESK_WORK)
def show_ticket(appeal_id: UUID) -> ResponseReturnValue:
    appeal = appeal_queries.appeal_for_staff(appeal_id)
    actions.note_view(appeal, by=principal().user)
    return _show(appeal, AnswerForm(), InvestigationForm(formdata=None))


@bp.post("/appeals/<uuid:appeal_id>/answer")
@allow(Permission.DESK_WORK)
@http.limit_body("import")
def answer_ticket(appeal_id: UUID) -> ResponseReturnValue:
    appeal = appeal_queries.appeal_for_staff(appeal_id, lock=True)
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            _SPEECH[Speech(form.kind.data)](appeal, form, principal().user)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("Saved."))
            return redirect(url_for(".show_ticket", appeal_id=appeal_id))
    return _show(appeal, form, InvestigationForm(formdata=None))


@bp.post("/appeals/<uuid:appeal_id>/claim")
@allow(Permission.DESK_WORK)
def claim_ticket(appeal_id: UUID) -> ResponseReturnValue:
    appeal = appeal_queries.appeal_for_staff(appeal_id, lock=True)
    try:
        appeals.claim(appeal, by=principal().user)
    except RuleError as error:
        flash(error.message, "error")
    else:
        flash(_("The appeal is yours."))
    return redirect(url_for(".show_ticket", appeal_id=appeal_id))


@bp.post("/appeals/<uuid:appeal_id>/release")
@allow(Permission.DESK_WORK)
def release_ticket(appeal_id: UUID) -> ResponseReturnValue:
    appeal = appeal_queries.appeal_for_staff(appeal_id, lock=True)
    try:
        appeals.release(appeal, by=principal().user)
    except RuleError as error:
        flash(error.message, "error")
    else:
        flash(_("The appeal is free for everybody again."))
    return redirect(url_for(".show_ticket", appeal_id=appeal_id))


@bp.post("/appeals/<uuid:appeal_id>/investigate")
@allow(Permission.DESK_WORK)
def investigate_ticket(appeal_id: UUID) -> ResponseReturnValue:
    appeal = appeal_queries.appeal_for_staff(appeal_id, lock=True)
    form = InvestigationForm()
    if form.validate_on_submit():
        try:
            _investigate(appeal, reason=form.reason.data or "", by=principal().user)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("Saved. Tell the customer by when the investigation ends."))
            return redirect(url_for(".show_ticket", appeal_id=appeal_id))
    return _show(appeal, AnswerForm(formdata=None), form)


@bp.post("/appeals/<uuid:appeal_id>/recognise-claim")
@allow(Permission.DESK_WORK)
def recognise_claim(appeal_id: UUID) -> ResponseReturnValue:
    appeal = appeal_queries.appeal_for_staff(appeal_id, lock=True)
    try:
        appeals.recognise_claim(appeal, by=principal().user)
    except RuleError as error:
        flash(error.message, "error")
    else:
        flash(_("The complaint is a claim now: its own promise runs."))
    return redirect(url_for(".show_ticket", appeal_id=appeal_id))


@bp.get("/appeals/<uuid:appeal_id>/files/<uuid:attachment_id>")
@allow(Permission.DESK_WORK)
def download_file(appeal_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    appeal = appeal_queries.appeal_for_staff(appeal_id)
    file = appeal_queries.attachment_of(appeal, attachment_id)
    return files.download(file.key, name=file.name, media_type=file.media_type)


def _investigate(appeal: Appeal, *, reason: str, by: User) -> None:
    """Open an investigation, or lengthen the one that runs."""
    if promise_queries.case_of(appeal_queries.SUBJECT, appeal.id).is_investigated:
        appeals.extend_investigation(appeal, reason=reason, by=by)
    else:
        appeals.open_investigation(appeal, reason=reason, by=by)


def _send_message(appeal: Appeal, form: AnswerForm, by: User) -> None:
    appeals.answer(appeal, body=form.body.data or "", by=by)


def _send_question(appeal: Appeal, form: AnswerForm, by: User) -> None:
    appeals.answer(appeal, body=form.body.data or "", by=by, asks=True)


def _send_interim(appeal: Appeal, form: AnswerForm, by: User) -> None:
    appeals.send_interim(
        appeal,
        body=form.body.data or "",
        promised_at=form.promised_instant,
        reason=form.reason.data or "",
        by=by,
    )


def _send_final(appeal: Appeal, form: AnswerForm, by: User) -> None:
    appeals.send_final(appeal, body=form.body.data or "", by=by)


def _leave_note(appeal: Appeal, form: AnswerForm, by: User) -> None:
    appeals.add_note(appeal, body=form.body.data or "", by=by)


_SPEECH: dict[Speech, Callable[[Appeal, AnswerForm, User], None]] = {
    Speech.MESSAGE: _send_message,
    Speech.QUESTION: _send_question,
    Speech.INTERIM: _send_interim,
    Speech.FINAL: _send_final,
    Speech.NOTE: _leave_note,
}


def _queue() -> dict[str, Any]:
    asked, after, now = request.args.get("segment", ""), request.args.get("after"), clock.now()
    segment = queries.Segment(asked) if asked in list(queries.Segment) else queries.Segment.TEAM
    by = principal().user
    page = queries.queue(segment, by=by, after=after)
    return {
        "page": page,
        "groups": queries.grouped(page, now),
        "loads": (loads := queries.loads(by=by, now=now)),
        "mark": queries.mark_of(loads),
        "segment": segment,
        "after": after,
        "now": now,
    }


def _show(
    appeal: Appeal, form: AnswerForm, investigation: InvestigationForm
) -> ResponseReturnValue:
    now = clock.now()
    case = promise_queries.case_of(appeal_queries.SUBJECT, appeal.id)
    promises = standings(case.promises, now)
    moments = timeline(appeal_queries.conversation(appeal), promises, appeal_queries.notes(appeal))
    page = render_form(
        "staff/show_ticket.html",
        form,
        **_queue(),
        appeal=appeal,
        promises=promises,
        moments=moments,
        customer=queries.customer_of(appeal),
        investigation=investigation,
        latest=longest_promise(case, now),
        is_investigated=case.is_investigated,
        me=principal().user,
    )
    if investigation.is_refused:
        page.status_code = 422
    return page
