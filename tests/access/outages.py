"""Who may open the pages of outages."""

from typing import Any

from portal.appeals.outages.models import OutageLink
from portal.core import clock, ids
from tests.access import Row, World, private, public, staff
from tests.appeals.outages.factories import add_outage
from tests.appeals.rows import SECRET, add_appeal

_DESK = ("dora", "eric")


def _outage(world: World) -> dict[str, Any]:
    return {"outage_id": add_outage(world.db, world.cast["dora"].id).id}


def _asked(world: World, appeal: Any) -> None:
    outage = add_outage(world.db, world.cast["dora"].id)
    world.db.add(
        OutageLink(
            id=ids.uuid7(),
            outage_id=outage.id,
            appeal_id=appeal.id,
            account_id=appeal.account_id,
            secret_hash=appeal.secret_hash,
            linked_at=clock.now(),
            asked_at=clock.now(),
        )
    )


def _appeal(world: World) -> dict[str, Any]:
    appeal = add_appeal(world.db, account_id=world.cast["alice"].account_id)
    _asked(world, appeal)
    return {"appeal_id": appeal.id}


def _tracked(world: World) -> dict[str, Any]:
    _asked(world, add_appeal(world.db))
    return {"secret": SECRET}


ROWS = {
    "outages.show_status": Row(public()),
    "POST outages.follow": Row(private(302), values=_outage),
    "POST outages.answer": Row(private(302), values=_appeal, data={"works": "yes"}),
    "POST outages.answer_tracked": Row(public(302), values=_tracked, data={"works": "yes"}),
    "outages.list_outages": Row(staff(only=_DESK)),
    "outages.open_outage": Row(staff(only=_DESK)),
    "POST outages.open_outage": Row(staff(422, only=_DESK)),
    "outages.show_outage": Row(staff(only=_DESK), values=_outage),
    "POST outages.show_outage": Row(staff(422, only=_DESK), values=_outage, data={"act": "move"}),
    "POST outages.link_appeal": Row(staff(302, only=_DESK), values=_appeal),
}
