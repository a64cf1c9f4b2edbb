"""What the worker does for the categories by itself."""

from flask import current_app

from portal.core.db import transaction
from portal.core.jobs import periodic, task
from portal.parental.categories import actions
from portal.parental.categories.refreshing import refresh


@task(tries=3)
def look_at_sources() -> None:
    """Look at every list, and prepare a release of what changed."""
    refresh(current_app.config["SETTINGS"])


@periodic("23 1 * * *")
def look_each_night() -> None:
    """Prepare what supervisors can release in the morning; forget what is too old."""
    with transaction():
        actions.sweep()
        actions.ask_for_look()
