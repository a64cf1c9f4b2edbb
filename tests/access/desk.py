"""Who may sit at the desk."""

from typing import Any

from portal.core import ids
from tests.access import Row, World, staff
from tests.appeals.rows import add_appeal

_DESK = ("dora", "eric")


def _appeal(world: World) -> dict[str, Any]:
    return {"appeal_id": add_appeal(world.db, account_id=world.cast["alice"].account_id).id}


def _no_file(world: World) -> dict[str, Any]:
    return _appeal(world) | {"attachment_id": ids.uuid7()}


_ANSWER = {"kind": "message", "body": "Text"}

ROWS = {
    "staff.show_queue": Row(staff(only=_DESK)),
    "staff.show_queue_news": Row(staff(303, only=_DESK)),
    "staff.show_ticket": Row(staff(only=_DESK), values=_appeal),
    "POST staff.answer_ticket": Row(staff(302, only=_DESK), values=_appeal, data=_ANSWER),
    "POST staff.claim_ticket": Row(staff(302, only=_DESK), values=_appeal),
    "POST staff.release_ticket": Row(staff(302, only=_DESK), values=_appeal),
    "POST staff.investigate_ticket": Row(
        staff(302, only=_DESK), values=_appeal, data={"reason": "Measurements"}
    ),
    "POST staff.recognise_claim": Row(staff(302, only=_DESK), values=_appeal),
    "staff.download_file": Row(staff(404, only=_DESK), values=_no_file),
}
