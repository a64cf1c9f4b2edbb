"""The editors' desk: look at an issue, try it, send it, watch it leave."""

import hashlib
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core import http
from portal.core.access import Permission, allow
from portal.core.errors import NotFoundError, RuleError
from portal.core.forms import render_form
from portal.core.text import _l, language
from portal.core.text import gettext as _
from portal.news import actions, queries
from portal.news.forms import ConfirmForm, SendForm
from portal.news.letters import sample_of
from portal.news.models import DeliveryState, Issue
from portal.news.presenting import BADGES, COPIES, LANGUAGE_NAMES, STATES
from portal.news.views.blueprint import bp

PREVIEW_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'self'"
)
CHANGES = {
    "test": actions.send_test_issue,
    "pause": actions.pause_issue,
    "resume": actions.resume_issue,
    "stop": actions.stop_issue,
}
CHANGED = {
    "test": _l("A test is on its way to your e-mail."),
    "pause": _l("Paused: nothing more leaves until you resume."),
    "resume": _l("It is being sent again."),
    "stop": _l("Stopped for good."),
}


@bp.get("/staff/news/<uuid:issue_id>")
@allow(Permission.NEWS_EDIT)
def show_draft(issue_id: UUID) -> ResponseReturnValue:
    issue = queries.issue_of_desk(issue_id)
    return _draft_page(issue, ConfirmForm(formdata=None))


def _draft_page(issue: Issue, form: ConfirmForm) -> Response:
    asked = request.args.get("in", language())
    shown = asked if asked in issue.languages else next(iter(issue.languages), None)
    http.show_frame()
    return render_form(
        "news/show_draft.html",
        form,
        shown=shown,
        offering=queries.offering_of(issue),
        language_names=LANGUAGE_NAMES,
        **_progress(issue),
    )


def _progress(issue: Issue) -> dict[str, object]:
    return {
        "issue": issue,
        "progress": queries.progress_of(issue),
        "states": STATES,
        "badges": BADGES,
        "copies": COPIES,
    }


@bp.get("/staff/news/<uuid:issue_id>/progress")
@allow(Permission.NEWS_EDIT)
def show_progress(issue_id: UUID) -> ResponseReturnValue:
    """Answer the page's question whether anything is new: 304 while nothing is."""
    issue = queries.issue_of_desk(issue_id)
    response = make_response(render_template("news/_progress.html", **_progress(issue)))
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:20])
    response.headers["Cache-Control"] = "private, no-cache"
    if request.args.get("state", issue.state) != issue.state:
        response.headers["HX-Refresh"] = "true"  # The buttons beside it are others now.
    return response.make_conditional(request)


@bp.get("/staff/news/<uuid:issue_id>/preview/<any(kk, ru, en):written_in>")
@allow(Permission.NEWS_EDIT)
def preview_issue(issue_id: UUID, written_in: str) -> ResponseReturnValue:
    """Show the e-mail as it is, in a box from which nothing gets out."""
    issue = queries.issue_of_desk(issue_id)
    if written_in not in issue.languages:
        raise NotFoundError
    response = make_response(sample_of(issue, written_in, name=principal().user.name))
    response.headers["Content-Security-Policy"] = PREVIEW_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@bp.post("/staff/news/<uuid:issue_id>/<any(test, pause, resume, stop):change>")
@allow(Permission.NEWS_SEND)
def change_issue(issue_id: UUID, change: str) -> ResponseReturnValue:
    issue = queries.issue_of_desk(issue_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            CHANGES[change](issue, by=principal().user)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(str(CHANGED[change]))
            return redirect(url_for(".show_draft", issue_id=issue.id), 303)
    return _draft_page(issue, form)


@bp.route("/staff/news/<uuid:issue_id>/send", methods=["GET", "POST"])
@allow(Permission.NEWS_SEND)
def send_issue(issue_id: UUID) -> ResponseReturnValue:
    issue = queries.issue_of_desk(issue_id)
    form = SendForm(data={"version": str(issue.version)})
    if form.validate_on_submit():
        try:
            actions.send_issue(
                issue,
                gap_reason=form.gap_reason.data,
                seen=form.seen,
                by=principal().user,
            )
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("The issue is on its way."))
            return redirect(url_for(".show_draft", issue_id=issue.id), 303)
    return render_form(
        "news/send_issue.html",
        form,
        issue=issue,
        count=queries.audience_size(issue.newsletter),
        language_names=LANGUAGE_NAMES,
    )


@bp.get("/staff/news/<uuid:issue_id>/copies/<any(uncertain, failed):state>")
@allow(Permission.NEWS_EDIT)
def list_copies(issue_id: UUID, state: str) -> ResponseReturnValue:
    issue, after = queries.issue_of_desk(issue_id), request.args.get("after")
    return render_template(
        "news/list_copies.html",
        issue=issue,
        state=state,
        page=queries.troubled_deliveries(issue, DeliveryState(state), after=after),
        after=after,
        copies=COPIES,
    )
