"""Forgetting what was closed."""

from sqlalchemy import ColumnElement, Table, delete, select, text, tuple_

from portal.core import clock
from portal.core.db import session
from portal.core.text import today
from portal.parental import queries
from portal.parental.counts.models import (
    COUNTS_KEPT,
    NAMES_KEPT,
    parental_blocked_name,
    parental_count,
    parental_counting,
)
from portal.parental.limits import BATCH
from portal.parental.models import Profile

# Nodes that write names hold this lock together; who forgets some holds it alone.
_FORGET_NAMES = text("select pg_advisory_xact_lock(hashtext('blocked_names'))")


def follow_log(profile: Profile) -> None:
    """Keep names from now on if the settings say so now; if they no longer do, delete them."""
    if profile.settings.keeps_log and profile.names_since is None:
        profile.names_since = clock.now()
    elif not profile.settings.keeps_log and profile.names_since is not None:
        profile.names_since = None
        _delete_names(profile)


def forget_names(profile: Profile) -> None:
    """Delete the log of closed names. What was asked until now does not come back."""
    queries.lock(profile)
    if profile.names_since is not None:
        profile.names_since = clock.now()
    _delete_names(profile)


def _delete_names(profile: Profile) -> None:
    session.flush()  # A node that comes after us sees that they are not wanted.
    session.execute(_FORGET_NAMES)
    table = parental_blocked_name
    own = (table.c.policy_id == profile.policy_id, table.c.account_id == profile.account_id)
    session.execute(delete(table).where(*own))


def forget_old_counts() -> int:
    """Delete counts of all homes that are older than they are kept: some; return how many."""
    return _forget(parental_count, parental_count.c.day_on < today() - COUNTS_KEPT)


def forget_old_names() -> int:
    """Delete names of all homes that are older than they are kept: some; return how many."""
    table = parental_blocked_name
    return _forget(table, table.c.day_on <= today() - NAMES_KEPT)


def forget_old_runs() -> int:
    """Delete what is known of runs of nodes that wrote nothing for as long as counts are kept."""
    table = parental_counting
    return _forget(table, table.c.written_at < clock.now() - COUNTS_KEPT)


def _forget(table: Table, which: ColumnElement[bool]) -> int:
    key = tuple_(*table.primary_key)
    some = select(*table.primary_key).where(which).limit(BATCH)
    return session.connection().execute(delete(table).where(key.in_(some))).rowcount
