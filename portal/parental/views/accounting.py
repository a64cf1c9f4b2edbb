"""What the access network tells: RADIUS accounting through FreeRADIUS' rlm_rest."""

import logging
import secrets
from ipaddress import ip_address, ip_network

from flask import Blueprint, Response, abort, current_app, request

from portal.config import Settings
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.http import csrf
from portal.parental import actions
from portal.parental.accounting import UnreadableError, read

log = logging.getLogger(__name__)
bp = Blueprint("accounting", __name__)


@bp.post("/api/network/accounting")
@csrf.exempt  # type: ignore[untyped-decorator]
@allow(Permission.PUBLIC)
def take() -> Response:
    """Take one packet. 204: done, or nothing to do; FreeRADIUS answers its client only then."""
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.radius_tokens:
        abort(404)
    if not _is_near(settings) or not _is_known(settings):
        return Response("unknown token or network\n", 401, mimetype="text/plain")
    try:
        told = read(
            request.get_data(), event_time=request.headers.get("X-Event-Time", ""), now=clock.now()
        )
    except UnreadableError as error:
        log.warning("accounting.unreadable reason=%s", error)
        return Response("no packet of accounting\n", 400, mimetype="text/plain")
    if told:
        actions.take_accounting(told)
    return Response(status=204)


def _is_near(settings: Settings) -> bool:
    client = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - of no network of ours
    return any(client in ip_network(each) for each in settings.radius_networks)


def _is_known(settings: Settings) -> bool:
    given = request.headers.get("Authorization", "").encode()
    return any(
        secrets.compare_digest(given, f"Bearer {token}".encode())
        for token in settings.radius_tokens
    )
