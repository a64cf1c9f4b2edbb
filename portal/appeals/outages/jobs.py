"""Jobs of outages."""

from uuid import UUID

from portal.appeals.outages import actions, queries
from portal.core.db import transaction
from portal.core.jobs import periodic, task

_BATCH = 100


@task()
def tell_followers(outage_id: str) -> None:
    """Bring what was said of an outage to all who follow it."""
    actions.tell_followers(UUID(outage_id))


@periodic("* * * * *")
def go_on_telling() -> None:
    """Finish what a lost job left over."""
    with transaction(staff=True):
        left = queries.undone()
    for outage_id in left:
        actions.tell_followers(outage_id)


@periodic("53 * * * *")
def remind_of_question() -> None:
    """Ask once more, in batches, who has not said whether it works again."""
    while True:
        with transaction():
            reminded = actions.remind_of_question(most=_BATCH)
        if reminded < _BATCH:
            return
