"""What the worker does for parental control by itself."""

from datetime import timedelta

from flask import current_app

from portal.config import Settings
from portal.core.db import transaction
from portal.core.jobs import periodic
from portal.parental import actions


@periodic("43 2 * * *")
def sweep() -> None:
    """Forget what need not be kept, each night."""
    with transaction():
        actions.sweep()


@periodic("*/5 * * * *")
def end_silent_sessions() -> None:
    """Free addresses of which RADIUS tells nothing any more, if the operator wants that."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.radius_silence_minutes:
        with transaction():
            actions.end_silent_sessions(timedelta(minutes=settings.radius_silence_minutes))
