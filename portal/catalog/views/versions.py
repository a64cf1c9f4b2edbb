"""What was released, when, by whom and why, and what it changed."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.catalog import actions, queries
from portal.catalog.difference import LANGUAGE_NAMES, difference
from portal.catalog.forms import ConfirmForm
from portal.catalog.sheet import CatalogueSheet
from portal.catalog.views.blueprint import bp
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _


@bp.get("/versions")
@allow(Permission.CATALOGUE_EDIT)
def list_versions() -> ResponseReturnValue:
    after = request.args.get("after")
    return render_template(
        "catalog/list_versions.html", page=queries.versions(after=after), after=after
    )


@bp.get("/versions/<int:number>")
@allow(Permission.CATALOGUE_EDIT)
def show_version(number: int) -> ResponseReturnValue:
    return _version_page(number, ConfirmForm(formdata=None))


@bp.post("/versions/<int:number>/restore")
@allow(Permission.CATALOGUE_EDIT)
def restore_version(number: int) -> ResponseReturnValue:
    form = ConfirmForm()
    if form.validate_on_submit():
        version = queries.version_with_sheet(number)
        try:
            actions.draft_version(version, by=principal().user)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(
                _(
                    "Version %(number)s waits in the draft. Look at it and release it.",
                    number=number,
                )
            )
            reason = _("Back to version %(number)s", number=number)
            return redirect(url_for(".release_draft", reason=reason), 303)
    return _version_page(number, form)


def _version_page(number: int, form: ConfirmForm) -> ResponseReturnValue:
    version, newest = queries.version_with_sheet(number), queries.newest_number()
    other = _asked_number(newest, otherwise=number - 1)
    before = queries.version_with_sheet(other).sheet if other else {"offerings": ()}
    return render_form(
        "catalog/show_version.html",
        form,
        version=version,
        newest=newest,
        other=other,
        changes=difference(
            CatalogueSheet.model_validate(before), CatalogueSheet.model_validate(version.sheet)
        ),
        language_names=LANGUAGE_NAMES,
    )


def _asked_number(newest: int, *, otherwise: int) -> int:
    """Return the version to compare with; 0 for the empty catalogue before the first."""
    asked = request.args.get("against", "")
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 10
    return int(asked) if is_number and 0 <= int(asked) <= newest else otherwise
