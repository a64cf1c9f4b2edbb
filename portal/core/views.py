"""The technical addresses: static files, health, metrics."""

import mimetypes
import secrets
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import cast

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.core import assets, clock, db, mailbox, shelf
from portal.core.access import Permission, allow
from portal.core.db import without_database

bp = Blueprint("core", __name__)
_TOLD_ANEW = timedelta(days=180)
_WORKER_ALIVE = text(
    "select exists (select 1 from jobs.procrastinate_workers"
    " where last_heartbeat > now() - interval '60 seconds')"
)


@bp.get("/static/<string:version>/<path:path>")
@allow(Permission.PUBLIC)
@without_database
def static_file(version: str, path: str) -> Response:  # noqa: ARG001 - any version is served
    folder = assets.static_folder().resolve()
    file = (folder / path).resolve()
    if not file.is_relative_to(folder) or not file.is_file():
        abort(404)
    response = Response(mimetype=mimetypes.guess_type(file.name)[0] or "application/octet-stream")
    if file.suffix in assets.COMPRESSED and request.accept_encodings["gzip"] > 0:
        response.data = assets.compressed(file, file.stat().st_mtime)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.data = file.read_bytes()
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Vary"] = "Accept-Encoding"
    return response


@bp.get("/brand.css")
@allow(Permission.PUBLIC)
@without_database
def brand_stylesheet() -> Response:
    """Set the three values that an operator chooses; everything else follows from them."""
    if (accent := current_app.config["SETTINGS"].accent) is None:
        abort(404)
    hue, strength, depth = accent
    rule = f":root {{ --accent-h: {hue:g}; --accent-c: {strength:g}; --accent-l: {depth:g}; }}\n"
    return _for_an_hour(Response(rule, mimetype="text/css"))


@bp.get("/brand/logo")
@allow(Permission.PUBLIC)
@without_database
def brand_logo() -> Response:
    if (file := current_app.config["SETTINGS"].logo_file) is None:
        abort(404)
    return _for_an_hour(Response(file.read_bytes(), mimetype=mimetypes.guess_type(file.name)[0]))


def _for_an_hour(response: Response) -> Response:
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@bp.get("/healthz")
@allow(Permission.PUBLIC)
@without_database
def healthz() -> Response:
    return Response("alive\n", mimetype="text/plain")


@bp.get("/readyz")
@allow(Permission.PUBLIC)
@without_database
def readyz() -> Response:
    faults = _unready()
    body = "ready\n" if not faults else "not ready: " + ", ".join(faults) + "\n"
    return Response(body, 503 if faults else 200, mimetype="text/plain")


def _unready() -> list[str]:
    try:
        with db.separately() as own:
            at = own.scalar(text("select version_num from alembic_version"))
            has_worker = own.scalar(_WORKER_ALIVE)
    except SQLAlchemyError:
        return ["database"]
    faults = [] if at == _newest_migration() else ["migrations"]
    return faults + ([] if has_worker else ["worker"])


@lru_cache(maxsize=1)
def _newest_migration() -> str:
    folder = cast(Path, current_app.config["ROOT"]) / "migrations/versions"
    return max(path.stem for path in folder.glob("0*.py"))


@bp.get("/metrics")
@allow(Permission.PUBLIC)
@without_database
def metrics() -> Response:
    """Open on a laptop; elsewhere for whoever knows METRICS_TOKEN."""
    settings = current_app.config["SETTINGS"]
    given = request.headers.get("Authorization", "").encode()
    wanted = f"Bearer {settings.metrics_token}".encode()
    is_known = bool(settings.metrics_token) and secrets.compare_digest(given, wanted)
    if not (settings.debug or is_known):
        abort(404)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


@bp.get("/.well-known/security.txt")
@allow(Permission.PUBLIC)
@without_database
def security_txt() -> Response:
    """Say whom to tell of a weakness. Source: RFC 9116."""
    settings = current_app.config["SETTINGS"]
    if not settings.security_contact:
        abort(404)
    lines = (
        f"Contact: {settings.security_contact}",
        f"Expires: {clock.now() + _TOLD_ANEW:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: kk, ru, en",
        f"Canonical: {settings.base_url}/.well-known/security.txt",
    )
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


BLUEPRINTS = (bp, shelf.bp, mailbox.bp)
