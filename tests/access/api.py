"""What other systems call: a token opens it, no sign-in does. The page is the administrator’s."""

from tests.access import ADMINISTRATOR, Row, World, public, staff


def _ticket(_world: World) -> dict[str, object]:
    return {"ticket_id": "019abcde-0000-7000-8000-000000000000"}


def _token(_world: World) -> dict[str, object]:
    return {"token_id": "019abcde-0000-7000-8000-000000000000"}


def _webhook(_world: World) -> dict[str, object]:
    return {"webhook_id": "019abcde-0000-7000-8000-000000000000"}


ROWS = {
    "api.list_events": Row(public(401)),
    "api.list_tickets": Row(public(401)),
    "POST api.create_ticket": Row(public(401)),
    "api.show_ticket": Row(public(401), values=_ticket),
    "PATCH api.change_ticket": Row(public(401), values=_ticket),
    "api.show_feed": Row(staff(only=(ADMINISTRATOR,))),
    "POST api.make_token": Row(staff(422, only=(ADMINISTRATOR,))),
    "POST api.revoke_token": Row(staff(404, only=(ADMINISTRATOR,)), values=_token),
    "POST api.subscribe": Row(staff(422, only=(ADMINISTRATOR,))),
    "api.show_webhook": Row(staff(404, only=(ADMINISTRATOR,)), values=_webhook),
    "POST api.show_webhook": Row(staff(404, only=(ADMINISTRATOR,)), values=_webhook),
}
