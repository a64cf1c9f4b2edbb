"""Look at everything that waits, and release it at once, or throw it away."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.catalog import actions, queries
from portal.catalog.difference import LANGUAGE_NAMES, difference
from portal.catalog.forms import ConfirmForm, ReleaseForm, SealedForm
from portal.catalog.presenting import faults_by_offering
from portal.catalog.views.blueprint import bp
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _


@bp.route("/draft", methods=["GET", "POST"])
@allow(Permission.CATALOGUE_EDIT)
def release_draft() -> ResponseReturnValue:
    form = ReleaseForm(data={"reason": request.args.get("reason", "")[:300]})
    if form.validate_on_submit():
        try:
            version = actions.release_draft(
                seen=form.seen, reason=form.reason.data, by=principal().user
            )
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("Version %(number)s is released: customers see it now.", number=version.number))
            return redirect(url_for(".show_version", number=version.number), 303)
    return _draft_page(form)


@bp.post("/draft/drop")
@allow(Permission.CATALOGUE_EDIT)
def drop_draft() -> ResponseReturnValue:
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            actions.drop_draft(seen=form.seen, by=principal().user)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("The draft is thrown away. Customers have seen nothing of it."))
            return redirect(url_for(".list_catalogue"), 303)
    asking = ReleaseForm(formdata=None)
    asking.form_errors = list(form.form_errors)
    return _draft_page(asking)


def _draft_page(form: SealedForm) -> ResponseReturnValue:
    draft = queries.working_draft()
    # What is shown now is what the next press answers for, also after a refusal.
    form.seal.data = draft.seal
    return render_form(
        "catalog/release_draft.html",
        form,
        draft=draft,
        changes=difference(draft.released, draft.sheet),
        faults=faults_by_offering(draft, draft.faults),
        language_names=LANGUAGE_NAMES,
    )
