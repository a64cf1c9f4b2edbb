"""The agency's pages, and the supervisor's: what it found beside what customers say."""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _
from portal.core.text import today
from portal.feedback import queries as ratings
from portal.feedback.measuring import total
from portal.feedback.shopping import actions, queries
from portal.feedback.shopping.forms import EntryForm, form_of
from portal.feedback.shopping.models import ShoppingVisit

bp = Blueprint("shopping", __name__)


@bp.route("/agency", methods=["GET", "POST"])
@allow(Permission.SHOPPING_ENTER)
def list_entries() -> ResponseReturnValue:
    if request.method == "POST":
        checklist = queries.checklist_of(request.form.get("checklist", ""))
        entry = actions.begin_entry(checklist, by=principal().user)
        return redirect(url_for(".enter_visit", entry_id=entry.id), 303)
    after = request.args.get("after")
    return render_template(
        "feedback/shopping/list_entries.html",
        page=queries.entries_of(principal().user, after=after),
        after=after,
        checklists=queries.checklists(),
    )


@bp.route("/agency/<uuid:entry_id>", methods=["GET", "POST"])
@allow(Permission.SHOPPING_ENTER)
def enter_visit(entry_id: UUID) -> ResponseReturnValue:
    entry = queries.entry_of(principal().user, entry_id)
    form = form_of(entry)
    if form.validate_on_submit():
        try:
            return _enter(entry, form)
        except RuleError as error:
            form.refuse(error)
    return render_form("feedback/shopping/enter_visit.html", form, entry=entry)


@bp.get("/staff/ratings/figures")
@allow(Permission.ANALYSIS_VIEW)
def show_figures() -> ResponseReturnValue:
    month = _month()
    by_contact = ratings.rating_figures_by(month)
    return render_template(
        "feedback/shopping/show_figures.html",
        month=month,
        before=_shifted(month, -1),
        following=_shifted(month, 1) if _shifted(month, 1) <= today() else None,
        by_contact=by_contact,
        together=total(by_contact.values()),
        shopping=queries.shopping_figures(month),
    )


def _enter(entry: ShoppingVisit, form: EntryForm) -> ResponseReturnValue:
    if request.form.get("act") == "submit":
        actions.submit_entry(entry, form.seen, by=principal().user)
        flash(_("The entry is submitted: %(score)s of 100.", score=entry.score))
        return redirect(url_for(".list_entries"), 303)
    actions.save_entry(entry, form.seen)
    flash(_("Saved. Until you submit it you can change it."))
    return redirect(url_for(".enter_visit", entry_id=entry.id), 303)


def _month() -> date:
    """Return the first day of the month in the address, else of this month."""
    try:
        asked = date.fromisoformat(f"{request.args.get('month', '')}-01")
    except ValueError:
        return today().replace(day=1)
    return asked if date(2020, 1, 1) <= asked <= today() else today().replace(day=1)


def _shifted(month: date, by: int) -> date:
    months = 12 * month.year + month.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)
