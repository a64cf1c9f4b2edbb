"""The operator's categories: what the lists hold, what is in force, what waits."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from portal.accounts.access import principal
from portal.core.access import Permission, allow
from portal.core.errors import NotFoundError, RuleError
from portal.core.forms import PortalForm, render_form
from portal.core.text import gettext as _
from portal.parental.categories import actions, presenting, queries
from portal.parental.categories.models import CategoryRelease
from portal.parental.categories.registry import Kind
from portal.parental.limits import never_blocked

bp = Blueprint("categories", __name__, url_prefix="/staff/categories")


class LookForm(PortalForm):
    """Ask for a look at the sources."""


class ReleaseForm(PortalForm):
    """Release what was seen: the id of a draft, or the number that was in force."""

    seen = HiddenField()


@bp.route("", methods=["GET", "POST"])
@allow(Permission.CATEGORIES_RELEASE)
def list_categories() -> ResponseReturnValue:
    form = LookForm()
    if form.validate_on_submit():
        actions.ask_for_look()
        flash(_("The sources are looked at now. What changed waits here in a minute."))
        return redirect(url_for(".list_categories"), 303)
    kept, release, after = queries.sources(), queries.in_force(), request.args.get("after")
    categories = presenting.shown(Kind.CATEGORY, kept, release)
    return render_form(
        "parental/categories/list_categories.html",
        form,
        categories=categories,
        thin=[one.entry.name for one in categories if one.is_thin] if release else [],
        services=presenting.shown(Kind.SERVICE, kept, release),
        release=release,
        draft=queries.draft(),
        page=queries.releases(after=after),
        after=after,
        **_holding(release),
    )


@bp.route("/draft", methods=["GET", "POST"])
@allow(Permission.CATEGORIES_RELEASE)
def release_draft() -> ResponseReturnValue:
    form, draft = ReleaseForm(), queries.draft()
    if draft is None:
        flash(_("Nothing waits: what the sources hold is in force."))
        return redirect(url_for(".list_categories"), 303)
    if form.validate_on_submit():
        try:
            released = actions.release_draft(
                seen=form.seen.data or "", never_blocked=_kept(), by=principal().user
            )
        except RuleError as error:
            form.refuse(error)
        else:
            return _released(released)
    form.seen.data = str(draft.id)
    return _page(draft, form)


@bp.route("/releases/<int:number>", methods=["GET", "POST"])
@allow(Permission.CATEGORIES_RELEASE)
def roll_back(number: int) -> ResponseReturnValue:
    form = ReleaseForm()
    if form.validate_on_submit():
        try:
            released = actions.roll_back(
                number,
                seen=_whole(form.seen.data),
                never_blocked=_kept(),
                by=principal().user,
            )
        except RuleError as error:
            form.refuse(error)
        else:
            return _released(released)
    form.seen.data = str(queries.newest_number())
    return _page(queries.release_of(number), form)


def _released(release: CategoryRelease) -> ResponseReturnValue:
    flash(_("Release %(number)s is on its way to the resolvers.", number=release.number))
    return redirect(url_for(".list_categories"), 303)


def _page(release: CategoryRelease, form: ReleaseForm) -> ResponseReturnValue:
    newest = queries.in_force()
    return render_form(
        "parental/categories/show_release.html",
        form,
        release=release,
        newest=newest,
        changes=presenting.changes(release),
        counted=presenting.counted(release, newest),
        blocked=presenting.blocked(release),
        **_holding(release),
    )


def _holding(release: CategoryRelease | None) -> dict[str, Any]:
    holdings = queries.holdings()
    number = release.number if release else None
    return {"resolvers": len(holdings), "holding": presenting.held(holdings, number)}


def _whole(written: str | None) -> int:
    """Return the number that a form carries. Raises NotFoundError if somebody changed it."""
    if written and written.isascii() and written.isdigit() and len(written) < 10:
        return int(written)
    raise NotFoundError


def _kept() -> tuple[str, ...]:
    return never_blocked(current_app.config["SETTINGS"])
