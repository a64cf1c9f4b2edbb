"""What the worker does for parental control by itself."""

from portal.core.db import transaction
from portal.core.jobs import periodic
from portal.parental import actions


@periodic("43 2 * * *")
def sweep() -> None:
    """Forget what need not be kept, each night."""
    with transaction():
        actions.sweep()
