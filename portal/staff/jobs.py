"""Jobs of the desk."""

from uuid import UUID

from portal.appeals.presence import drop_old_presence
from portal.core.db import transaction
from portal.core.jobs import periodic, task
from portal.staff import actions


@task()
def send_to_many(bulk_id: str) -> None:
    """Send one text to many: each in a transaction of its own, so that a killed job goes on."""
    while True:
        with transaction():
            if not actions.send_next(UUID(bulk_id)):
                return


@periodic("29 * * * *")
def forget_presence() -> None:
    """Forget who was present an hour ago."""
    with transaction():
        drop_old_presence()
