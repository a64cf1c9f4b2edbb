"""The words of tickets: total in both directions, and strict about what a call says."""

import pytest
from pydantic import ValidationError

from portal.api.tmf621 import STATES_OF, STATUS_OF, PatchSaid, Status, TicketSaid, faults_of
from portal.appeals.states import Channel, State

SAID = {
    "externalId": "crm-1",
    "ticketType": "fault",
    "severity": "Major",
    "name": "No internet",
    "description": "Nothing opens since this morning.",
    "channel": {"name": "facebook"},
    "receivedAt": "2026-11-22T11:50:00Z",
    "contact": {"name": "Aigerim", "address": "aigerim.s", "language": "kk"},
}


def test_each_state_has_a_status_and_each_status_says_its_states():
    assert set(STATUS_OF) == set(State)
    assert set(STATES_OF) == set(Status)
    for state, status in STATUS_OF.items():
        assert state in STATES_OF[status]
    for status, states in STATES_OF.items():
        assert {STATUS_OF[state] for state in states} <= {status}
    assert sum(map(len, STATES_OF.values())) == len(State)


def test_a_whole_ticket_is_read():
    said = TicketSaid.model_validate(SAID)

    assert said.channel.name is Channel.FACEBOOK
    assert said.external_id == "crm-1"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ticketType": "wish"}, "ticketType"),
        ({"channel": {"name": "form"}}, "channel.name"),
        ({"channel": {"name": "pigeon"}}, "channel.name"),
        ({"receivedAt": "2026-11-22T11:50:00"}, "receivedAt"),
        ({"description": "  "}, "description"),
        ({"description": "x" * 20_001}, "description"),
        ({"name": "a\0b"}, "name"),
        ({"colour": "red"}, "colour"),
        ({"contact": {"name": "A"}}, "contact.address"),
        ({"relatedParty": [{"id": "7", "role": "customer"}]}, "relatedParty.0.proof"),
    ],
)
def test_what_is_wrong_is_named(change, field):
    with pytest.raises(ValidationError) as refused:
        TicketSaid.model_validate(SAID | change)

    assert field in faults_of(refused.value)


def test_a_patch_knows_only_its_fields():
    with pytest.raises(ValidationError):
        PatchSaid.model_validate({"name": "Another"})
    with pytest.raises(ValidationError):
        PatchSaid.model_validate({"status": "open"})
