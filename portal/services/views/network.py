"""What the operator's order management tells us."""

from flask import Response, abort, request

from portal.core import clock, signatures
from portal.core.access import Permission, allow
from portal.core.http import csrf
from portal.services import actions, tmf641
from portal.services.views.blueprint import bp, settings


@bp.post("/api/network/events")
@csrf.exempt  # type: ignore[untyped-decorator]
@allow(Permission.PUBLIC)
def take_event() -> Response:
    """Take an event of TMF641, signed as `portal/core/signatures.py` says."""
    secrets = settings().tmf641_secrets
    if not secrets:
        abort(404)
    body = request.get_data()
    header = request.headers.get("X-Signature", "")
    if not signatures.is_genuine(header, body, secrets, clock.now()):
        return Response("unknown signature\n", 401, mimetype="text/plain")
    try:
        reference = tmf641.reference_in(body)
    except tmf641.UnreadableError:
        return Response("no event of TMF641\n", 400, mimetype="text/plain")
    if reference:
        actions.hear_later(reference)
    return Response(status=204)
