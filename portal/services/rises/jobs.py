"""Tasks of the worker."""

from uuid import UUID

from portal.core.db import transaction
from portal.core.jobs import periodic, task
from portal.services.rises import actions, queries


@task()
def tell_of_rise(rise_id: str) -> None:
    """Bring a rise to every service that runs."""
    actions.tell_of_rise(UUID(rise_id))


@periodic("17 * * * *")
def go_on_with_rises() -> None:
    """Finish what a lost job left over."""
    with transaction(staff=True):
        left = queries.unfinished()
    for rise_id in left:
        actions.tell_of_rise(rise_id)
