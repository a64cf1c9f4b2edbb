"""Jobs of planning."""

from uuid import UUID

from portal.core.db import transaction
from portal.core.jobs import task
from portal.promises.planning import actions

_BATCH = 100


@task()
def rebase(rebasing_id: str) -> None:
    """Put what runs under another version, a batch of subjects at a time."""
    is_more = True
    while is_more:
        with transaction():
            is_more = actions.rebase_some(UUID(rebasing_id), most=_BATCH)
