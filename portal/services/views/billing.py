"""Staff's pages of what came in from the operator's billing."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.core.access import Permission, allow
from portal.services import queries
from portal.services.refusals import FAULTS
from portal.services.views.blueprint import bp


@bp.get("/staff/billing")
@allow(Permission.BILLING_VIEW)
def list_imports() -> ResponseReturnValue:
    after = request.args.get("after")
    return render_template(
        "services/list_imports.html", page=queries.imports_page(after=after), after=after
    )


@bp.get("/staff/billing/<uuid:import_id>")
@allow(Permission.BILLING_VIEW)
def show_import(import_id: UUID) -> ResponseReturnValue:
    of, after = queries.import_of(import_id), request.args.get("after")
    return render_template(
        "services/show_import.html",
        of=of,
        page=queries.refusals_page(of, after=after),
        after=after,
        faults=FAULTS,
    )
