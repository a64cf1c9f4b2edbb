"""Tasks of the worker."""

from portal.appeals.knowledge import actions
from portal.core.db import transaction
from portal.core.jobs import periodic


@periodic("23 3 * * *")
def forget_vain_searches() -> None:
    """Forget old searches in vain, each night."""
    with transaction():
        actions.forget_old_vain_searches()
