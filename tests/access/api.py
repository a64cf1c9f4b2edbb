"""What other systems call: a token opens it, and no sign-in does."""

from tests.access import Row, World, public


def _ticket(_world: World) -> dict[str, object]:
    return {"ticket_id": "019abcde-0000-7000-8000-000000000000"}


ROWS = {
    "api.list_events": Row(public(401)),
    "api.list_tickets": Row(public(401)),
    "POST api.create_ticket": Row(public(401)),
    "api.show_ticket": Row(public(401), values=_ticket),
    "PATCH api.change_ticket": Row(public(401), values=_ticket),
}
