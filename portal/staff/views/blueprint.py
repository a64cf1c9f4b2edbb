"""The desk's blueprint, and what its pages share."""

from typing import Any

from flask import Blueprint, flash, request

from portal.accounts.access import principal
from portal.core import clock
from portal.core.errors import RuleError
from portal.staff.queries import queue as queues

bp = Blueprint("staff", __name__, url_prefix="/staff")


# What a press of an appeal's page goes to; it leads back to that page, beside the same queue.
_PRESSES = frozenset(
    f"staff.{name}"
    for name in (
        *("answer_ticket", "claim_ticket", "release_ticket", "recognise_claim"),
        *("investigate_ticket", "transfer_ticket", "turn_away_ticket", "link_ticket"),
    )
)


@bp.url_defaults
def stay_at_the_queue(endpoint: str, values: dict[str, Any]) -> None:
    """Carry the filters of the queue through a press and back."""
    is_way_back = endpoint == "staff.show_ticket" and request.method == "POST"
    if endpoint in _PRESSES or is_way_back:
        for name, value in queues.Sieve.read(request.args).address.items():
            values.setdefault(name, value)


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
