"""The public page: what does not work, what is planned, until when, and what was."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from portal.appeals.outages import queries
from portal.appeals.outages.views.blueprint import bp
from portal.catalog.places import CITIES
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.text import LANGUAGES

_SECONDS = 60


@bp.get("/status")
@allow(Permission.PUBLIC)
def show_status() -> ResponseReturnValue:
    """Answer the same to everybody, and no cookie with it, so that a cache can answer for us.

    Only an address that names its language is the same for all.
    """
    asked = request.args.get("city", "")
    city = asked if asked in CITIES else ""
    language = request.args.get("lang", "")
    board = queries.board(clock.now(), city=city)
    response = make_response(
        render_template("appeals/outages/show_status.html", board=board, city=city, cities=CITIES)
    )
    shared = "public" if language in LANGUAGES else "private"
    response.headers["Cache-Control"] = f"{shared}, max-age={_SECONDS}"
    response.add_etag()
    return response.make_conditional(request)
