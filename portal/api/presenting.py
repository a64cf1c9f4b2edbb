"""Appeals as other systems read them: tickets of TMF621."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from portal.api import queries
from portal.api.models import ApiAct
from portal.api.tmf621 import STATUS_OF, notes
from portal.appeals.models import Appeal, Message
from portal.appeals.states import State
from portal.promises.fold import CLOSINGS
from portal.promises.models import Promise

PATH = "/api/tmf-api/troubleTicket/v4/troubleTicket"


def tickets(
    found: Sequence[Appeal], base_url: str, system: str, *, with_notes: bool = False
) -> list[dict[str, Any]]:
    """Return appeals as tickets, in the same order; `system` knows some by ids of its own.

    Five statements for any number of them.
    """
    ids = [appeal.id for appeal in found]
    promises, acts = queries.promises_of(ids), queries.acts_of(ids, system)
    said = queries.messages_of(ids, first_only=not with_notes)
    accounts = queries.account_numbers([appeal.account_id for appeal in found])
    return [
        _ticket(appeal, said[appeal.id], f"{base_url}{PATH}/{appeal.id}")
        | _due(promises[appeal.id])
        | _known_as(acts.get(appeal.id))
        | _of_customer(accounts.get(appeal.account_id))
        | ({"note": notes(said[appeal.id])} if with_notes else {})
        for appeal in found
    ]


def _ticket(appeal: Appeal, messages: Sequence[Message], href: str) -> dict[str, Any]:
    first = messages[0]
    shown: dict[str, Any] = {
        "id": str(appeal.id),
        "href": href,
        "number": appeal.number,
        "name": appeal.subject,
        "description": first.body.body if first.body else None,
        "ticketType": appeal.kind,
        "status": STATUS_OF[State(appeal.state)],
        "channel": {"name": appeal.channel},
        "creationDate": first.at.isoformat(),
        "receivedAt": appeal.received_at.isoformat(),
        "contact": {
            "name": appeal.contact.name,
            "address": appeal.contact.address,
            "language": appeal.contact.language,
        },
        "@type": "TroubleTicket",
    }
    if appeal.answered_at:
        shown["resolutionDate"] = appeal.answered_at.isoformat()
    if appeal.follows_id:
        shown["ticketRelationship"] = [
            {"id": str(appeal.follows_id), "relationshipType": "follows"}
        ]
    return shown


def _due(promises: Sequence[Promise]) -> dict[str, Any]:
    """Return by when it is promised to be solved: what runs, or what ran last."""
    closing = [promise for promise in promises if promise.promise_kind in CLOSINGS]
    running = [promise for promise in closing if promise.is_open] or closing[-1:]
    if not running:
        return {}
    return {"expectedResolutionDate": min(p.due_at for p in running).isoformat()}


def _known_as(act: ApiAct | None) -> dict[str, Any]:
    if act is None:
        return {}
    known = {"externalId": act.external_id, "severity": act.severity}
    return {name: value for name, value in known.items() if value}


def _of_customer(number: str | None) -> dict[str, Any]:
    if number is None:
        return {}
    return {"relatedParty": [{"id": number, "role": "customer"}]}


def ticket(appeal_id: UUID, base_url: str, system: str) -> dict[str, Any]:
    """Return one appeal as a ticket with its whole conversation. Raises NotFoundError."""
    found = [queries.appeal_with_contact(appeal_id)]
    return tickets(found, base_url, system, with_notes=True)[0]
