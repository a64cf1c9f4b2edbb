"""What is sold, what it costs, and what waits to be released."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.catalog import queries
from portal.catalog.presenting import listed
from portal.catalog.views.blueprint import bp
from portal.core.access import Permission, allow


@bp.get("")
@allow(Permission.CATALOGUE_EDIT)
def list_catalogue() -> ResponseReturnValue:
    draft, words = queries.working_draft(), request.args.get("q", "").strip()
    return render_template(
        "catalog/list_catalogue.html", draft=draft, families=listed(draft, words), words=words
    )
