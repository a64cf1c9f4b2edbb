"""TMF621 Trouble Ticket 4.0: appeals for the operator's other systems."""

from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, request
from pydantic import BaseModel, ValidationError

from portal.api import actions, presenting, queries
from portal.api.actions import KeyTakenError
from portal.api.models import Scope
from portal.api.tmf621 import STATES_OF, PatchSaid, Status, TicketSaid, faults_of, only
from portal.api.views.blueprint import (
    CallError,
    answer,
    asked_limit,
    bp,
    caller,
    needs,
    settings,
    without_csrf,
)
from portal.appeals.states import State
from portal.core.access import Permission, allow
from portal.core.problems import problem
from portal.core.text import is_storable

_USUAL, _MOST = 25, 100
_LONGEST_KEY = 200
_JSON = {"application/json", "application/merge-patch+json"}
T = TypeVar("T", bound=BaseModel)


@bp.get(presenting.PATH)
@allow(Permission.PUBLIC)
@needs(Scope.READ_TICKETS)
def list_tickets() -> Response:
    """Answer tickets, newest first, without their notes; a Link leads to those that follow."""
    wanted = queries.Wanted(_states(), _moment("creationDate.gte"), _moment("creationDate.lt"))
    page = queries.appeals_page(
        wanted, after=request.args.get("after"), per_page=asked_limit(usual=_USUAL, most=_MOST)
    )
    found = presenting.tickets(page.items, settings().base_url, caller().system)
    if fields := request.args.get("fields"):
        found = [only(ticket, fields.split(",")) for ticket in found]
    headers = {"X-Result-Count": str(len(found))}
    if page.next:
        headers["Link"] = f'<{_following(page.next)}>; rel="next"'
    return answer(found, headers=headers)


@bp.post(presenting.PATH)
@without_csrf
@allow(Permission.PUBLIC)
@needs(Scope.WRITE_TICKETS)
def create_ticket() -> Response:
    """File an appeal that came by another channel; the same call again answers the same."""
    said = _said(TicketSaid)
    ticket_id = actions.create_ticket(said, key=_key(), by=caller())
    made = _shown(ticket_id)
    return answer(made, 201, {"Location": made["href"]})


@bp.get(f"{presenting.PATH}/<uuid:ticket_id>")
@allow(Permission.PUBLIC)
@needs(Scope.READ_TICKETS)
def show_ticket(ticket_id: UUID) -> Response:
    """Answer one ticket with its conversation."""
    fields = request.args.get("fields")
    ticket = _shown(ticket_id)
    return answer(only(ticket, fields.split(",")) if fields else ticket)


@bp.patch(f"{presenting.PATH}/<uuid:ticket_id>")
@without_csrf
@allow(Permission.PUBLIC)
@needs(Scope.WRITE_TICKETS)
def change_ticket(ticket_id: UUID) -> Response:
    """Change a ticket's status, or say something in it."""
    actions.change_ticket(ticket_id, _said(PatchSaid), key=_key(), by=caller())
    return answer(_shown(ticket_id))


@bp.errorhandler(KeyTakenError)
def _on_taken(error: KeyTakenError) -> Response:
    if error.is_external:
        detail = "Another ticket of yours has this externalId, and says something else."
        return problem(409, detail, errors=[{"field": "externalId", "detail": detail}])
    detail = "This Idempotency-Key was used for a call that said something else."
    return problem(422, detail, errors=[{"field": "Idempotency-Key", "detail": detail}])


def _shown(ticket_id: UUID) -> dict[str, Any]:
    return presenting.ticket(ticket_id, settings().base_url, caller().system)


def _said(shape: type[T]) -> T:
    """Return what the call says. Raises CallError: 415, 400 if it is no JSON, 422."""
    if request.mimetype not in _JSON:
        raise CallError(415, "Send application/json.")
    try:
        return shape.model_validate_json(request.get_data())
    except ValidationError as error:
        is_json = error.errors()[0]["type"] != "json_invalid"
        detail = "Some fields can’t be taken." if is_json else "The body is no JSON."
        raise CallError(422 if is_json else 400, detail, faults_of(error)) from error


def _key() -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > _LONGEST_KEY or not is_storable(key):
        raise CallError(400, f"An Idempotency-Key has at most {_LONGEST_KEY} characters.")
    return key


def _states() -> tuple[State, ...] | None:
    raw = request.args.get("status")
    if raw is None:
        return None
    try:
        return STATES_OF[Status(raw)]
    except ValueError:
        detail = f"Write one of {', '.join(Status)}."
        raise CallError(400, detail, {"status": detail}) from None


def _moment(name: str) -> datetime | None:
    """Return a moment of the query. A plus sign that was not quoted arrives as a blank."""
    raw = request.args.get(name)
    if raw is None:
        return None
    try:
        moment = datetime.fromisoformat(raw.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 1970 < moment.year < 9000:
        detail = "Write a moment with its offset, for example 2026-11-22T09:00:00+05:00."
        raise CallError(400, detail, {name: detail})
    return moment


def _following(cursor: str) -> str:
    asked = request.args.to_dict() | {"after": cursor}
    return f"{settings().base_url}{presenting.PATH}?{urlencode(asked)}"
