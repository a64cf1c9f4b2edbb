"""The catalogue as a file: out of the portal, and back into its draft."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.catalog import actions, queries
from portal.catalog.faults import CatalogueError, Fault
from portal.catalog.forms import FileForm
from portal.catalog.reading import read_file
from portal.catalog.sheet import CatalogueSheet
from portal.catalog.views.blueprint import bp
from portal.catalog.writing import write_catalogue
from portal.core import audit
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.http import limit_body
from portal.core.text import gettext as _
from portal.core.text import ngettext

MOST_FAULTS = 100


@bp.route("/import", methods=["GET", "POST"])
@allow(Permission.CATALOGUE_EDIT)
@limit_body("import")
def import_catalogue() -> ResponseReturnValue:
    form = FileForm()
    faults: list[Fault] = []
    if form.validate_on_submit():
        try:
            with form.file.data.stream as stream:
                sheet = read_file(stream.read())
            taken = actions.draft_file(sheet, by=principal().user)
        except CatalogueError as error:
            faults = error.faults
            form.file.errors = [_("Nothing was taken from this file: mend what is listed below.")]
        except RuleError as error:
            form.refuse(error)
        else:
            return _to_draft(taken)
    return render_form(
        "catalog/import_catalogue.html", form, faults=faults[:MOST_FAULTS], count=len(faults)
    )


@bp.get("/export")
@allow(Permission.CATALOGUE_EDIT)
def export_catalogue() -> ResponseReturnValue:
    """Answer with the catalogue as customers have it now, or with `?version=` as it was.

    Records `catalog.catalogue_exported`.
    """
    asked = request.args.get("version", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 10:
        sheet = CatalogueSheet.model_validate(queries.version_with_sheet(int(asked)).sheet)
        name = f"catalogue-{int(asked)}.yaml"
    else:
        sheet, name = queries.released(), "catalogue.yaml"
    rows, by = len(sheet.offerings), principal().user
    audit.record_export("catalog.catalogue_exported", actor=by, rows=rows, file=name)
    response = Response(write_catalogue(sheet), mimetype="application/yaml")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _to_draft(taken: actions.Taken) -> ResponseReturnValue:
    if not taken.added and not taken.changed:
        flash(_("The file says what the catalogue says already: nothing waits."))
        return redirect(url_for(".list_catalogue"), 303)
    flash(_("The file is in the draft. Look at it and release it."))
    if count := len(taken.missing):
        flash(
            ngettext(
                "%(num)s offering is not in the file: it stays as it is.",
                "%(num)s offerings are not in the file: they stay as they are.",
                count,
            )
        )
    return redirect(url_for(".release_draft"), 303)
