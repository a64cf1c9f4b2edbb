"""The desk's blueprint, and what its pages share."""

from typing import Any

from flask import Blueprint, flash, request

from portal.accounts.access import principal
from portal.core import clock
from portal.core.errors import RuleError
from portal.staff.queries import queue as queues

bp = Blueprint("staff", __name__, url_prefix="/staff")


def queue_context() -> dict[str, Any]:
    """Return what the column of the queue shows. Three statements."""
    after, now, by = request.args.get("after"), clock.now(), principal().user
    sieve = queues.Sieve.read(request.args)
    entries = queues.queue(sieve, by=by, now=now, after=after)
    page = queues.tickets(entries)
    return {
        "page": page,
        "groups": queues.grouped(page, now),
        "loads": queues.loads(by=by, now=now),
        "mark": queues.mark_of(entries, now),
        "sieve": sieve,
        "after": after,
        "now": now,
    }


def tell(error: RuleError) -> None:
    """Show a rule's sentence above the next page: the press has no form to put it on."""
    flash(error.message, "error")
