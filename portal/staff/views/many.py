"""One text to many appeals, and how far it has come."""

from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core import clock, http
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import read_uuid, render_form
from portal.staff import actions
from portal.staff.fields import FIELDS
from portal.staff.forms import ManyForm
from portal.staff.queries import canned, many
from portal.staff.queries import queue as queues
from portal.staff.views.blueprint import bp


@bp.route("/answer-many", methods=["GET", "POST"])
@allow(Permission.DESK_WORK)
@http.limit_body("import")
def answer_many() -> ResponseReturnValue:
    """Choose among the first 200 that the sieve lets through, and write to them."""
    form = ManyForm()
    replies = canned.canned_replies()
    form.reply_id.choices = [("", "—")] + [(str(each.id), each.name) for each in replies]
    chosen = chosen_ids()
    if form.validate_on_submit():
        try:
            bulk = actions.answer_many(chosen, _written(form), by=principal().user)
        except RuleError as error:
            form.refuse(error)
        else:
            return redirect(url_for(".show_many", bulk_id=bulk.id))
    return render_form("staff/answer_many.html", form, **_choice(), chosen=chosen, fields=FIELDS)


@bp.get("/answer-many/<uuid:bulk_id>")
@allow(Permission.DESK_WORK)
def show_many(bulk_id: UUID) -> ResponseReturnValue:
    """Show how far an answer to many has come; an open page asks by itself until it is over."""
    bulk = many.bulk_answer(bulk_id)
    is_asked = "HX-Request" in request.headers
    template = "staff/_progress.html" if is_asked else "staff/show_many.html"
    page = render_template(template, bulk=bulk, progress=many.progress_of(bulk))
    return make_response(page)


def chosen_ids() -> list[UUID]:
    """Return the appeals whose boxes are set, each once; what is no id is passed over."""
    ids = (read_uuid(raw) for raw in request.form.getlist("chosen"))
    return list(dict.fromkeys(each for each in ids if each))


def _choice() -> dict[str, Any]:
    now, sieve = clock.now(), queues.Sieve.read(request.args)
    entries = queues.queue(sieve, by=principal().user, now=now, per_page=many.MOST_AT_ONCE)
    return {"tickets": queues.tickets(entries), "sieve": sieve, "now": now}


def _written(form: ManyForm) -> actions.ManyWritten:
    """Return what was written: a canned reply in the language of each, or one text for all."""
    written = form.written
    if not form.reply_id.data:
        return actions.ManyWritten.same(written)
    texts = canned.canned_reply(form.reply_id.data).texts
    return actions.ManyWritten(written.kind, texts, written.promised_at, written.reason)
