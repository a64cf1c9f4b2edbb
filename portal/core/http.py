"""What every answer has: headers, limits, a request id, a line in the log."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit
from uuid import uuid4

from flask import Flask, Response, abort, g, request
from flask_wtf.csrf import CSRFProtect
from prometheus_client import Counter, Histogram
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.sansio.utils import host_is_trusted

from portal.config import Settings
from portal.core import assets, db, failures, form_markup, pictures
from portal.core.access import View
from portal.core.text import is_storable

log = logging.getLogger("portal.request")
csrf = CSRFProtect()

LARGEST_NUMBER = 2**31 - 1
PAGE_LIMIT = 1024 * 1024
MOST_READ_AWAY = 64 * 1024 * 1024
READ_AWAY_SECONDS = 120
_PIECE = 64 * 1024
LIMITS = {"import": 8 * 1024 * 1024, "file": 21 * 1024 * 1024}
REQUESTS = Counter("kabinet_requests", "Answered requests", ["endpoint", "method", "status"])
SECONDS = Histogram("kabinet_request_seconds", "Time to answer", ["endpoint"])
_POLLED = frozenset({"core.healthz", "core.readyz", "core.metrics"})  # by every load balancer
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def limit_body(kind: str) -> Callable[[View], View]:
    """Let a view take more than a page's 1 MiB: `import` 8 MiB, `file` 21 MiB.

    Source: identity-and-security.md, "Limits stand in one table per route".
    """

    def mark(view: View) -> View:
        view.body_limit = LIMITS[kind]  # type: ignore[attr-defined]
        return view

    return mark


def csp_nonce() -> str:
    """Return this answer's nonce for script tags."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    return cast(str, g.csp_nonce)


def show_frame() -> None:
    """Let this answer show another page of ours in a frame; all other pages may frame nothing."""
    g.shows_frame = True


def _content_security_policy(app: Flask) -> str:
    scripts = f"'nonce-{g.csp_nonce}' 'strict-dynamic'" if "csp_nonce" in g else "'none'"
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'; object-src 'none'; manifest-src 'self'"
    )
    if g.get("shows_frame"):
        policy += "; frame-src 'self'"
    return policy + ("; upgrade-insecure-requests" if app.config["SETTINGS"].is_https else "")


_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
        "publickey-credentials-get=(self), publickey-credentials-create=(self)"
    ),
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
_HSTS = "max-age=63072000; includeSubDomains"


class _Edge:
    """Around every request: its id, its limits, its headers, its line in the log."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.hosts = _own_hosts(app.config["SETTINGS"])

    def before(self) -> None:
        g.started = time.perf_counter()
        asked = request.headers.get("X-Request-Id", "")
        g.request_id = asked if _REQUEST_ID.fullmatch(asked) else uuid4().hex
        self.refuse_what_is_not_ours()
        view = self.app.view_functions.get(request.endpoint or "")
        request.max_content_length = getattr(view, "body_limit", PAGE_LIMIT)
        request.max_form_parts = 2_000
        if request.content_length and request.content_length > request.max_content_length:
            _read_away(request.content_length)
            raise RequestEntityTooLarge

    def refuse_what_is_not_ours(self) -> None:
        numbers = [each for each in (request.view_args or {}).values() if isinstance(each, int)]
        if not is_storable(request.path) or any(number > LARGEST_NUMBER for number in numbers):
            abort(404)  # PostgreSQL cannot even be asked for it.
        if self.hosts and not self.is_for_us():
            abort(400)
        if not _is_same_site():
            abort(403)

    def is_for_us(self) -> bool:
        """Say whether the visitor asked for a name of ours. Source: security-checklist 22."""
        is_ours = host_is_trusted(request.environ.get("HTTP_HOST", ""), self.hosts)
        return is_ours or request.endpoint in _POLLED

    def after(self, response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if "Content-Security-Policy" not in response.headers:
            response.headers["Content-Security-Policy"] = _content_security_policy(self.app)
        if self.app.config["SETTINGS"].is_https:
            response.headers["Strict-Transport-Security"] = _HSTS
        response.headers["X-Request-Id"] = g.get("request_id", "")
        response.headers.setdefault("Vary", "Cookie, HX-Request")
        self.note(response)
        return response

    def note(self, response: Response) -> None:
        seconds = time.perf_counter() - g.get("started", time.perf_counter())
        endpoint = request.endpoint or "none"
        REQUESTS.labels(endpoint, request.method, response.status_code).inc()
        SECONDS.labels(endpoint).observe(seconds)
        log.log(
            logging.DEBUG if endpoint in _POLLED else logging.INFO,
            "request method=%s endpoint=%s status=%s ms=%.1f user=%s",
            request.method, endpoint, response.status_code, seconds * 1000, g.get("user_id", "-"),
        )  # fmt: skip


def _read_away(length: int) -> None:
    """Read what is too large and forget it, up to 64 MiB and for two minutes.

    A browser that still sends when the line is closed shows its own fault instead of our answer.
    """
    if length > MOST_READ_AWAY:
        return
    stream, ends = request.environ["wsgi.input"], time.monotonic() + READ_AWAY_SECONDS
    while length > 0 and time.monotonic() < ends:
        if not (piece := stream.read(min(length, _PIECE))):
            return
        length -= len(piece)


def _own_hosts(settings: Settings) -> list[str]:
    """Return the names under which we answer; none where any will do: on a laptop."""
    if settings.debug:
        return []
    ours = (settings.base_url, settings.files_url)
    return [urlsplit(url).hostname or "" for url in ours if url]


def _is_same_site() -> bool:
    """Say whether an unsafe request comes from our own pages. Source: security-checklist 10."""
    if request.method in db.SAFE_METHODS or request.path.startswith(("/api/", "/u/")):
        return True
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    if not origin:
        return True  # The CSRF token still has to be right.
    return urlsplit(origin).netloc == request.host


def init_app(app: Flask) -> None:
    """Wire headers, limits, errors and the templates' own words into the app."""
    edge = _Edge(app)
    app.before_request(edge.before)
    app.after_request(edge.after)
    csrf.init_app(app)
    failures.init_app(app)
    app.jinja_env.globals.update(asset=assets.asset, csp_nonce=csp_nonce, icon=assets.icon)
    app.jinja_env.filters.update(pictures.FILTERS | form_markup.FILTERS)
    app.jinja_env.tests.update(form_markup.TESTS)
    if hops := app.config["SETTINGS"].proxy_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
