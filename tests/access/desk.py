"""Who may sit at the desk."""

from typing import Any

from portal.core import clock, ids
from portal.staff.models import BulkAnswer, CannedReply
from tests.access import Row, World, staff
from tests.appeals.rows import add_appeal

_DESK = ("dora", "eric")


def _appeal(world: World) -> dict[str, Any]:
    return {"appeal_id": add_appeal(world.db, account_id=world.cast["alice"].account_id).id}


def _no_file(world: World) -> dict[str, Any]:
    return _appeal(world) | {"attachment_id": ids.uuid7()}


def _reply(world: World) -> dict[str, Any]:
    reply = CannedReply(id=ids.uuid7(), name="Wait", texts={"kk": "K", "ru": "R", "en": "E"})
    world.db.add(reply)
    world.db.flush()
    return {"reply_id": reply.id}


def _many(world: World) -> dict[str, Any]:
    bulk = BulkAnswer(
        id=ids.uuid7(),
        by_id=world.cast["dora"].id,
        kind="message",
        texts={},
        reason="",
        created_at=clock.now(),
    )
    world.db.add(bulk)
    world.db.flush()
    return {"bulk_id": bulk.id}


_BOSS = ("eric",)
_TEXTS = {"name": "Later", "kk": "K", "ru": "R", "en": "E"}
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
    "staff.show_ticket_news": Row(staff(303, only=_DESK), values=_appeal),
    "POST staff.transfer_ticket": Row(staff(422, only=_DESK), values=_appeal),
    "POST staff.turn_away_ticket": Row(
        staff(302, only=_DESK), values=_appeal, data={"how": "wrong"}
    ),
    "POST staff.link_ticket": Row(staff(422, only=_DESK), values=_appeal, data={"number": "none"}),
    "staff.search": Row(staff(only=_DESK)),
    "staff.register_appeal": Row(staff(only=_DESK)),
    "POST staff.register_appeal": Row(staff(422, only=_DESK)),
    "staff.hand_over_receipt": Row(staff(only=_DESK), values=_appeal),
    "staff.answer_many": Row(staff(only=_DESK)),
    "POST staff.answer_many": Row(staff(422, only=_DESK)),
    "staff.show_many": Row(staff(only=_DESK), values=_many),
    "staff.supervise": Row(staff(only=_BOSS)),
    "POST staff.supervise": Row(staff(422, only=_BOSS)),
    "staff.list_canned": Row(staff(only=_BOSS)),
    "staff.edit_canned": Row(staff(only=_BOSS), values=_reply),
    "POST staff.edit_canned": Row(staff(302, only=_BOSS), values=_reply, data=_TEXTS),
    "POST staff.remove_canned": Row(staff(302, only=_BOSS), values=_reply),
    "staff.download_file": Row(staff(404, only=_DESK), values=_no_file),
}
