"""The feed of events."""

from flask import Response, request

from portal.api import feed
from portal.api.models import Scope
from portal.api.views.blueprint import CallError, answer, asked_limit, bp, needs, settings, words_of
from portal.core.access import Permission, allow
from portal.core.errors import RuleError

_USUAL = 100


@bp.get("/api/v1/events")
@allow(Permission.PUBLIC)
@needs(Scope.READ_EVENTS)
def list_events() -> Response:
    """Answer events behind the cursor `after`, at most `limit`, and the cursor to go on with."""
    try:
        place = feed.read_place(request.args.get("after"))
    except RuleError as error:
        detail = words_of(error)
        raise CallError(400, detail, {"after": detail}) from error
    most = asked_limit(usual=_USUAL, most=feed.MOST)
    rows = feed.events_after(place, most=most)
    source = settings().base_url
    return answer(
        {
            "events": [feed.envelope(row, source) for row in rows],
            "next": str(feed.Place(rows[-1].xid, rows[-1].seq) if rows else place),
            "more": len(rows) == most,
        }
    )
