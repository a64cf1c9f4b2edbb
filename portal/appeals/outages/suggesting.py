"""“This is a known outage. Follow it”: offered before an appeal is sent, by whichever way.

By the form, by the page of its files, or as the first words of a chat.
"""

from uuid import UUID

from flask import Response, request

from portal.appeals.models import Draft
from portal.appeals.outages import queries
from portal.appeals.outages.queries import Known
from portal.appeals.states import AppealKind
from portal.catalog.places import CITIES
from portal.core import clock
from portal.core.forms import read_uuid

_SENDS = "send"
_FOLLOWS = "follow "


def known_here(account_id: UUID) -> Known:
    """Return what is known at the addresses of a contract. One statement."""
    return queries.known_at(account_id, clock.now())


def known_there(city: str | None) -> Known:
    """Return what is known in a city that somebody chose; nothing without one."""
    return queries.known_in(city if city in CITIES else "", clock.now())


def known_for(draft: Draft, account_id: UUID | None) -> Known:
    """Return what is known where the new fault of a draft is; nothing for any other draft."""
    if draft.appeal_id or draft.content.get("kind") != AppealKind.FAULT:
        return Known()
    return known_here(account_id) if account_id else known_there(draft.content.get("city"))


def must_ask(known: Known, kind: str | None = AppealKind.FAULT) -> bool:
    """Tell whether a fault was just sent although an outage is known: then one is asked first.

    Nobody says of what kind a chat is, so its first words are taken for a fault.
    """
    return (
        request.method == "POST"
        and request.form.get("act") == _SENDS
        and kind == AppealKind.FAULT
        and known.first is not None
    )


def chosen_outage() -> UUID | None:
    """Return the outage that the pressed button follows, or None."""
    act = request.form.get("act", "")
    return read_uuid(act.removeprefix(_FOLLOWS)) if act.startswith(_FOLLOWS) else None


def asked() -> dict[str, str]:
    """Return what the link that led to the form fills in: the kind, and the city."""
    named = {name: request.args.get(name, "") for name in ("kind", "city")}
    known = {"kind": [*AppealKind], "city": [*CITIES]}
    return {name: value for name, value in named.items() if value in known[name]}


def as_question(page: Response, *, is_asked: bool) -> Response:
    """Return the page; when it asks nothing has been done yet, and the form is sent once more."""
    if is_asked:
        page.status_code = 422
    return page
