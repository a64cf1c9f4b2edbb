"""What the worker does for parental control by itself."""

import time
from datetime import timedelta
from functools import partial
from uuid import UUID

from flask import current_app

from portal.config import Settings
from portal.core.db import transaction
from portal.core.errors import RuleError
from portal.core.jobs import periodic, task
from portal.core.text import _l
from portal.parental import actions
from portal.parental.limits import Limits
from portal.parental.lists import Reading
from portal.parental.sweeping import forget_what_is_over
from portal.parental.watching import watch_nodes

LONGEST_READING = 60.0  # seconds; the longest real list takes 4


@task()
def read_long_list(import_id: str) -> None:
    """Read a list for its preview, telling how far it is; nothing is kept before the end.

    No transaction is open while it is read: that may take seconds.
    """
    number, limits = UUID(import_id), Limits.of(current_app.config["SETTINGS"])
    with transaction():
        waiting = actions.list_to_read(number)
    if waiting is None:
        return
    text, reader = waiting
    reading: Reading | RuleError
    told = partial(_tell, number, time.monotonic() + LONGEST_READING)
    try:
        reading = actions.read(text, reader, limits, told=told)
    except RuleError as reason:
        reading = reason
    with transaction():
        actions.keep_reading(number, reading, limits=limits)


def _tell(number: UUID, ends: float, line: int) -> None:
    """Keep how far the reading is. Raises RuleError if it has no more time."""
    if time.monotonic() > ends:
        raise RuleError(_l("Reading this list takes too long. Split it or choose a shorter one."))
    with transaction():
        actions.tell_progress(number, line)


@periodic("43 2 * * *")
def sweep() -> None:
    """Forget what need not be kept, each night."""
    forget_what_is_over()


@periodic("* * * * *")
def watch_resolvers() -> None:
    """Tell the log, once, of a resolver host that is silent or lags."""
    with transaction() as own:
        watch_nodes(own)


@periodic("*/5 * * * *")
def end_silent_sessions() -> None:
    """Free addresses of which RADIUS tells nothing any more, if the operator wants that."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.radius_silence_minutes:
        with transaction():
            actions.end_silent_sessions(timedelta(minutes=settings.radius_silence_minutes))
