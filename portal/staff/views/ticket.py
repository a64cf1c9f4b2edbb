"""One appeal at the desk: the conversation, who else is there, what is written."""

from dataclasses import replace
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.appeals import actions as appeals
from portal.appeals import presence
from portal.appeals import queries as appeal_queries
from portal.appeals.models import Appeal
from portal.appeals.states import Author
from portal.appeals.views.files import lead_to
from portal.core import clock, http
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import PortalForm, read_uuid
from portal.core.text import _l, language
from portal.core.text import gettext as _
from portal.core.text import ngettext as _n
from portal.staff import actions, fields
from portal.staff.forms import AnswerForm
from portal.staff.forms.answering import chosen_files
from portal.staff.queries import beside, canned, many
from portal.staff.speech import Speech
from portal.staff.views.blueprint import bp, queue_context
from portal.staff.views.showing import Forms, talk_context, ticket_context


@bp.get("/appeals/<uuid:appeal_id>")
@allow(Permission.DESK_WORK)
def show_ticket(appeal_id: UUID) -> ResponseReturnValue:
    appeal = appeal_queries.appeal_for_staff(appeal_id)
    actions.note_view(appeal, by=principal().user)
    _note_presence(appeal)
    return show(appeal)


@bp.get("/appeals/<uuid:appeal_id>/news")
@allow(Permission.DESK_WORK)
def show_ticket_news(appeal_id: UUID) -> ResponseReturnValue:
    """Answer an open page what is new: 204 when nothing is, 304 when that was said already.

    The question itself tells that somebody reads, and whether he types.
    """
    if "HX-Request" not in request.headers:
        return redirect(url_for(".show_ticket", appeal_id=appeal_id), 303)
    appeal = appeal_queries.appeal_for_staff(appeal_id)
    _note_presence(appeal)
    context = talk_context(appeal, me=principal().user, now=clock.now())
    if context["seen"] == request.args.get("seen"):
        response = make_response("", 204)
    else:
        customer = beside.contact_of(appeal)
        response = make_response(
            render_template("staff/_ticket_news.html", **context, contact=customer)
        )
    response.set_etag(f"{context['seen']}-{request.args.get('seen')}-{language()}")
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)


@bp.post("/appeals/<uuid:appeal_id>/answer")
@allow(Permission.DESK_WORK)
@http.limit_body("file")
def answer_ticket(appeal_id: UUID) -> ResponseReturnValue:
    appeal = appeal_queries.appeal_for_staff(appeal_id, lock=True)
    form = AnswerForm()
    if reply_id := read_uuid(request.form.get("canned")):
        return _insert(appeal, form, reply_id)
    if form.validate_on_submit():
        try:
            flash(_send(appeal, form))
        except RuleError as error:
            form.refuse(error)
        else:
            return redirect(url_for(".show_ticket", appeal_id=appeal_id))
    return show(appeal, answer=form)


@bp.get("/appeals/<uuid:appeal_id>/files/<uuid:attachment_id>")
@allow(Permission.DESK_WORK)
def download_file(appeal_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    return lead_to(appeal_queries.appeal_for_staff(appeal_id), attachment_id)


def show(appeal: Appeal, **refused: PortalForm) -> ResponseReturnValue:
    """Render the page of an appeal; `refused`: the form that was sent, with what is to mend.

    422 when something is.
    """
    forms = Forms.fresh(**refused)
    page = render_template(
        "staff/show_ticket.html",
        **queue_context() | ticket_context(appeal, forms, me=principal().user),
    )
    return make_response(page, 422 if forms.are_refused else 200)


def _send(appeal: Appeal, form: AnswerForm) -> str:
    """Send what was written, and let a job send it to all that are linked, if that was asked."""
    by, written, files = principal().user, form.written, chosen_files(form.files)
    if files and form.to_linked.data:
        raise RuleError(
            _l("Files go to this appeal only: send the text to the others without them."),
            field="files",
        )
    with appeals.enclosed(files, by=by) as draft:
        actions.speak(appeal, replace(written, draft=draft), by=by)
    others = [one.id for one in many.linked_with(appeal) if one.is_open]
    if not (form.to_linked.data and others) or written.kind is Speech.NOTE:
        return str(_("Saved."))
    actions.answer_many(others, actions.ManyWritten.same(written), by=by)
    return str(
        _n("Saved, and sent to one more appeal.", "Saved, and sent to %(num)s more.", len(others))
    )


def _insert(appeal: Appeal, form: AnswerForm, reply_id: UUID) -> ResponseReturnValue:
    """Show the form again with a canned reply behind what was typed. Nothing is sent."""
    contact = beside.contact_of(appeal)
    values = actions.field_values(appeal, contact, by=principal().user)
    text = fields.fill(canned.canned_reply(reply_id).texts[contact.language], values)
    form.body.data = "\n\n".join(part for part in (form.body.data, text) if part)
    return show(appeal, answer=form)


def _note_presence(appeal: Appeal) -> None:
    presence.note_presence(
        appeal,
        author=Author.SPECIALIST,
        user=principal().user,
        is_typing=bool(request.args.get("typing")),
    )
