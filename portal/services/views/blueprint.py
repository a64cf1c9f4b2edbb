"""The blueprint of services, and what its pages share."""

import re
from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.config import Settings
from portal.core import throttle
from portal.core.errors import RuleError
from portal.core.forms import PortalForm
from portal.services.models import Quote

bp = Blueprint("services", __name__)

TERMS_AN_HOUR = 120
PAPERS_AN_HOUR = 60
_REF = re.compile(r"[a-z0-9-]{1,40}")


def settings() -> Settings:
    """Return the operator's settings."""
    chosen: Settings = current_app.config["SETTINGS"]
    return chosen


def undo_time() -> timedelta:
    """Return how long a placed order may be cancelled before activation starts."""
    return timedelta(seconds=settings().order_undo_seconds)


def count_terms() -> None:
    """Let an account ask for terms TERMS_AN_HOUR times an hour. Raises ThrottledError beyond."""
    key = f"services.terms:{principal().account.id}"
    throttle.hit(key, limit=TERMS_AN_HOUR, window=timedelta(hours=1))


def terms_page(form: PortalForm, freeze: Callable[[], Quote]) -> ResponseReturnValue | None:
    """Lead from a sent form to the terms that `freeze` keeps; None: the form is to be shown.

    A rule's refusal is put at its field. Raises ThrottledError if terms are asked for too often.
    """
    if not form.validate_on_submit():
        return None
    count_terms()
    try:
        quote = freeze()
    except RuleError as error:
        form.refuse(error)
        return None
    return redirect(url_for(".show_quote", account_id=quote.account_id, quote_id=quote.id), 303)


def count_papers() -> None:
    """Let an account print PAPERS_AN_HOUR statements an hour. Raises ThrottledError beyond."""
    key = f"services.papers:{principal().account.id}"
    throttle.hit(key, limit=PAPERS_AN_HOUR, window=timedelta(hours=1))


def asked_ref() -> str | None:
    """Return where the customer came from, as the link or the form says; None if it is no such."""
    raw = request.values.get("ref", "")
    return raw if _REF.fullmatch(raw) else None
