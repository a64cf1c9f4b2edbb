"""The blueprint of services, and what its pages share."""

import re
from datetime import timedelta

from flask import Blueprint, current_app, request

from portal.config import Settings

bp = Blueprint("services", __name__)

_REF = re.compile(r"[a-z0-9-]{1,40}")


def settings() -> Settings:
    """Return the operator's settings."""
    chosen: Settings = current_app.config["SETTINGS"]
    return chosen


def undo_time() -> timedelta:
    """Return how long a placed order may be cancelled before activation starts."""
    return timedelta(seconds=settings().order_undo_seconds)


def asked_ref() -> str | None:
    """Return where the customer came from, as the link or the form says; None if it is no such."""
    raw = request.values.get("ref", "")
    return raw if _REF.fullmatch(raw) else None
