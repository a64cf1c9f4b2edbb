"""One appeal at the desk: the conversation, who else is there, what is written."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, url_for
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
from portal.promises import queries as promise_queries
from portal.promises.fold import longest_promise
from portal.promises.standing import standings
from portal.staff import actions
from portal.staff.forms import AnswerForm, InvestigationForm, Speech
from portal.staff.queries import beside
from portal.staff.views.blueprint import bp, queue_context


@bp.get("/appeals/<uuid:appeal_id>")
@allow(Permission.DESK_WORK)
def show_ticket(appeal_id: UUID) -> ResponseReturnValue:
    appeal = appeal_queries.appeal_for_staff(appeal_id)
    actions.note_view(appeal, by=principal().user)
    return show(appeal, AnswerForm(), InvestigationForm(formdata=None))


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
    return show(appeal, form, InvestigationForm(formdata=None))


@bp.get("/appeals/<uuid:appeal_id>/files/<uuid:attachment_id>")
@allow(Permission.DESK_WORK)
def download_file(appeal_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    appeal = appeal_queries.appeal_for_staff(appeal_id)
    file = appeal_queries.attachment_of(appeal, attachment_id)
    return files.download(file.key, name=file.name, media_type=file.media_type)


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


def show(appeal: Appeal, form: AnswerForm, investigation: InvestigationForm) -> ResponseReturnValue:
    """Render the page of an appeal with its forms: 422 when something is to mend."""
    now = clock.now()
    case = promise_queries.case_of(appeal_queries.SUBJECT, appeal.id)
    promises = standings(case.promises, now)
    moments = timeline(appeal_queries.conversation(appeal), promises, appeal_queries.notes(appeal))
    page = render_form(
        "staff/show_ticket.html",
        form,
        **queue_context(),
        appeal=appeal,
        promises=promises,
        moments=moments,
        customer=beside.customer_of(appeal),
        investigation=investigation,
        latest=longest_promise(case, now),
        is_investigated=case.is_investigated,
        me=principal().user,
    )
    if investigation.is_refused:
        page.status_code = 422
    return page
