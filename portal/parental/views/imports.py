"""Taking over a list: load it, look at what it changes, agree."""

from contextlib import closing
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from portal.accounts.access import principal
from portal.core import http
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import Marked, _l, ngettext, translate
from portal.parental import actions, queries
from portal.parental.forms import ConfirmForm, ImportForm
from portal.parental.lists import LARGEST_LIST, text_of
from portal.parental.models import ListImport
from portal.parental.sites import excerpt
from portal.parental.views.blueprint import back, bp, limits, profile_here


@bp.route("/profiles/<uuid:profile_id>/import", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
@http.limit_body("import")
def import_list(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    form = ImportForm()
    if form.validate_on_submit():
        try:
            prepared = actions.prepare_import(
                profile,
                source=_source(form),
                action=form.action.data,
                limits=limits(),
                by=principal().user,
            )
        except RuleError as error:
            form.refuse(error)
        else:
            return redirect(
                url_for(
                    ".review_import",
                    account_id=account_id,
                    profile_id=profile.id,
                    import_id=prepared.id,
                )
            )
    return render_form("parental/import_list.html", form, account_id=account_id, profile=profile)


def _source(form: ImportForm) -> actions.Source:
    """Return the list that was sent, the file before the text. Raises RuleError without any."""
    file = form.file.data
    if isinstance(file, FileStorage) and file.filename:
        with closing(file):
            content = file.read(LARGEST_LIST + 1)
        return actions.Source(text_of(content), excerpt(file.filename))
    if form.text.data:
        return actions.Source(form.text.data)
    raise RuleError(_l("Choose a file or paste a list."), field="file")


@bp.route("/profiles/<uuid:profile_id>/imports/<uuid:import_id>", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
def review_import(account_id: UUID, profile_id: UUID, import_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    prepared = queries.import_of(profile, import_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            count = actions.confirm_import(profile, import_id, by=principal().user, limits=limits())
        except RuleError as error:
            form.refuse(error)
        else:
            flash(ngettext("%(num)s site is taken over.", "%(num)s sites are taken over.", count))
            return back(account_id)
    return render_form(
        "parental/review_import.html",
        form,
        account_id=account_id,
        profile=profile,
        prepared=prepared,
        refused=_refused(prepared),
    )


def _refused(prepared: ListImport) -> list[tuple[int, str, str]]:
    """Return line, text and reason, in the reader's language, of the refused lines."""
    return [
        (line, text, translate(Marked(message), **values))
        for line, text, message, values in prepared.samples["refused"]
    ]
