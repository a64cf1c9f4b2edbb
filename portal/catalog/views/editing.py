"""One offering: what it says, and how a customer will see it."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.catalog import actions, queries
from portal.catalog.characteristics import facts_of
from portal.catalog.difference import LANGUAGE_NAMES, difference
from portal.catalog.drafting import Draft
from portal.catalog.entry import blame, sheet_from, values_of
from portal.catalog.faults import CatalogueError
from portal.catalog.forms import ConfirmForm, OfferingForm
from portal.catalog.presenting import listed, previewed
from portal.catalog.sheet import CatalogueSheet
from portal.catalog.views.blueprint import bp
from portal.core.access import Permission, allow
from portal.core.errors import NotFoundError, RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _

NEW = {"one_time": "0", "vat_percent": "16"}


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.CATALOGUE_EDIT)
def create_offering() -> ResponseReturnValue:
    draft = queries.working_draft()
    form = OfferingForm(data=NEW)
    form.offer(draft.sheet.offerings)
    if form.validate_on_submit() and _saved(form, seen=""):
        return _to_preview(form)
    return render_form(
        "catalog/create_offering.html", form, draft=draft, language_names=LANGUAGE_NAMES
    )


@bp.route("/offerings/<string:code>", methods=["GET", "POST"])
@allow(Permission.CATALOGUE_EDIT)
def edit_offering(code: str) -> ResponseReturnValue:
    draft = queries.working_draft()
    sheet = draft.offering(code)
    if sheet is None:
        raise NotFoundError
    form = OfferingForm(data=values_of(sheet) | {"seal": draft.seal_of(code)})
    form.code.data = code
    form.offer(draft.sheet.offerings)
    if form.validate_on_submit() and _saved(form, seen=form.seen or "none"):
        return _to_preview(form)
    return render_form(
        "catalog/edit_offering.html",
        form,
        draft=draft,
        offering=previewed(sheet).offering,
        language_names=LANGUAGE_NAMES,
    )


@bp.get("/offerings/<string:code>/preview")
@allow(Permission.CATALOGUE_EDIT)
def preview_offering(code: str) -> ResponseReturnValue:
    draft = queries.working_draft()
    return _preview_page(draft, code, ConfirmForm(formdata=None, seal=draft.seal_of(code)))


@bp.post("/offerings/<string:code>/drop")
@allow(Permission.CATALOGUE_EDIT)
def drop_change(code: str) -> ResponseReturnValue:
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            actions.drop_change(code, seen=form.seen, by=principal().user)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("The change is thrown away. Customers have seen nothing of it."))
            return redirect(url_for(".list_catalogue"), 303)
    return _preview_page(queries.working_draft(), code, form)


def _saved(form: OfferingForm, *, seen: str) -> bool:
    """Put what was typed into the draft; False if it was refused, the reason is at the form."""
    try:
        actions.change_offering(sheet_from(form), seen=seen, by=principal().user)
    except CatalogueError as error:
        blame(form, error.faults)
    except RuleError as error:
        form.refuse(error)
    else:
        return True
    return False


def _to_preview(form: OfferingForm) -> ResponseReturnValue:
    flash(_("Saved in the draft. Customers see it after the release."))
    return redirect(url_for(".preview_offering", code=form.code.data), 303)


def _preview_page(draft: Draft, code: str, form: ConfirmForm) -> ResponseReturnValue:
    sheet = draft.offering(code)
    if sheet is None:
        raise NotFoundError
    priced = previewed(sheet)
    shelf = [
        previewed(each.sheet)
        for family, found in listed(draft)
        for each in found
        if family is sheet.family and each.state == "sold"
    ]
    return render_form(
        "catalog/preview_offering.html",
        form,
        draft=draft,
        sheet=sheet,
        priced=priced,
        facts=facts_of(priced.offering.characteristics),
        shelf=shelf,
        changes=_changes(draft, code),
        language_names=LANGUAGE_NAMES,
    )


def _changes(draft: Draft, code: str) -> list[object]:
    """Return what waits for this one offering."""
    if code not in draft.changes:
        return []
    after = draft.released.with_changes([draft.changes[code]])
    found = difference(draft.released, CatalogueSheet(offerings=after.offerings))
    return [each for each in found if each.code == code]
