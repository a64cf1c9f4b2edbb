"""Who may open the inbox."""

from typing import Any

from portal.core import clock, ids
from portal.notify.models import Notification
from tests.access import Row, World, signed_in


def _notification(world: World) -> dict[str, Any]:
    told = Notification(
        id=ids.uuid7(),
        user_id=world.cast["alice"].id,
        kind="notify.gone",
        link="/notifications",
        values={},
        created_at=clock.now(),
    )
    world.db.add(told)
    return {"notification_id": told.id}


_ONLY_ALICE = signed_in(404, alice=302)

ROWS = {
    "notify.list_notifications": Row(signed_in()),
    "POST notify.open_notification": Row(_ONLY_ALICE, values=_notification),
    "POST notify.read_all_notifications": Row(signed_in(302)),
}
