"""What the access network tells: RADIUS accounting through FreeRADIUS' rlm_rest."""

import logging
import secrets
from functools import lru_cache
from ipaddress import ip_address, ip_network

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import Counter

from portal.config import Settings
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.http import csrf
from portal.parental import actions
from portal.parental.accounting import HOME_PREFIX, UnreadableError, read

log = logging.getLogger(__name__)
LEFT_ALONE = Counter(
    "kabinet_accounting_prefixes_left_alone",
    "Delegated prefixes that are no home's, because they are not of 56 bits",
    ["length"],
)
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
            request.get_data(),
            event_time=request.headers.get("X-Event-Time", ""),
            now=clock.now(),
            leave=_leave_alone,
        )
    except UnreadableError as error:
        log.warning("accounting.unreadable reason=%s", error)
        return Response("no packet of accounting\n", 400, mimetype="text/plain")
    if told:
        actions.take_accounting(told)
    return Response(status=204)


def _leave_alone(nas: str, length: int) -> None:
    """Tell the operator: behind such a prefix nobody is filtered."""
    LEFT_ALONE.labels(str(length)).inc()
    _warn_once(nas, length)


@lru_cache(maxsize=1_000)
def _warn_once(nas: str, length: int) -> None:
    log.warning("accounting.prefix_left_alone nas=%s length=%s wanted=%s", nas, length, HOME_PREFIX)


def _is_near(settings: Settings) -> bool:
    client = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - of no network of ours
    return any(client in ip_network(each) for each in settings.radius_networks)


def _is_known(settings: Settings) -> bool:
    given = request.headers.get("Authorization", "").encode()
    return any(
        secrets.compare_digest(given, f"Bearer {token}".encode())
        for token in settings.radius_tokens
    )
