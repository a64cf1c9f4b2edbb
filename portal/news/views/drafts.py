"""The editors' desk: write an issue."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.catalog.queries import offerings_by_code
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _
from portal.news import actions, queries
from portal.news.forms import IssueForm, issue_values
from portal.news.models import Issue, Newsletter
from portal.news.presenting import BADGES, LANGUAGE_NAMES, STATES
from portal.news.views.blueprint import bp


@bp.get("/staff/news")
@allow(Permission.NEWS_EDIT)
def list_drafts() -> ResponseReturnValue:
    after = request.args.get("after")
    return render_template(
        "news/list_drafts.html",
        page=queries.issues_of_desk(after=after),
        after=after,
        states=STATES,
        badges=BADGES,
        language_names=LANGUAGE_NAMES,
    )


@bp.route("/staff/news/new", methods=["GET", "POST"])
@allow(Permission.NEWS_EDIT)
def create_issue() -> ResponseReturnValue:
    form = IssueForm()
    newsletters = _offer(form)
    if form.validate_on_submit():
        try:
            issue = actions.create_issue(
                newsletters[form.newsletter.data],
                words=form.words,
                offering_code=form.offering_code.data,
                by=principal().user,
            )
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("The draft is saved."))
            return redirect(url_for(".show_draft", issue_id=issue.id), 303)
    return render_form("news/create_issue.html", form, language_names=LANGUAGE_NAMES)


@bp.route("/staff/news/<uuid:issue_id>/edit", methods=["GET", "POST"])
@allow(Permission.NEWS_EDIT)
def edit_issue(issue_id: UUID) -> ResponseReturnValue:
    issue = queries.issue_of_desk(issue_id)
    form = IssueForm(data=issue_values(issue))
    newsletters = _offer(form)
    if form.validate_on_submit():
        try:
            _save(issue, form, newsletters)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("The draft is saved."))
            return redirect(url_for(".show_draft", issue_id=issue.id), 303)
    return render_form("news/edit_issue.html", form, issue=issue, language_names=LANGUAGE_NAMES)


def _save(issue: Issue, form: IssueForm, newsletters: dict[str, Newsletter]) -> None:
    actions.write_issue(
        issue,
        newsletter=newsletters[form.newsletter.data],
        words=form.words,
        offering_code=form.offering_code.data,
        seen=form.seen,
        by=principal().user,
    )


def _offer(form: IssueForm) -> dict[str, Newsletter]:
    newsletters = queries.newsletters()
    form.offer(newsletters, offerings_by_code().values())
    return {each.code: each for each in newsletters}
