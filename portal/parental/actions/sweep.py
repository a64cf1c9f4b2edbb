"""Forgetting what need not be kept any longer."""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import aliased

from portal.core import clock
from portal.core.db import session
from portal.parental import queries
from portal.parental.models import (
    IMPORT_KEPT,
    UNDO_TIME,
    ListImport,
    Rule,
    dns_node,
    policy_in_force,
    policy_log,
)

LOG_KEPT = timedelta(days=7)  # Source: architecture.md, "policy_log keeps the newest row"
NODE_KEPT = timedelta(days=7)


def sweep() -> None:
    """Forget the lists of options that ended long ago, old previews, undone rules and log rows.

    The newest row of each policy stays, so that a new node can start from the log.
    """
    now = clock.now()
    for profile in queries.profiles_to_forget(at=now):
        session.execute(delete(Rule).where(Rule.profile_id == profile.id))
    session.execute(delete(Rule).where(Rule.removed_at < now - UNDO_TIME))
    session.execute(delete(ListImport).where(ListImport.created_at < now - IMPORT_KEPT))
    _trim_log()
    _forget_nodes()


def _trim_log() -> None:
    """Drop old rows that a newer one of their policy replaces.

    The log's times are the database's own, so the database's clock decides.
    """
    newer = aliased(policy_log)
    is_replaced = (
        select(newer.c.seq)
        .where(newer.c.policy_id == policy_log.c.policy_id, newer.c.seq > policy_log.c.seq)
        .exists()
    )
    is_old = policy_log.c.created_at < func.clock_timestamp() - LOG_KEPT
    session.execute(delete(policy_log).where(is_old, is_replaced))


def _forget_nodes() -> None:
    gone = dns_node.c.seen_at < func.clock_timestamp() - NODE_KEPT
    session.execute(delete(dns_node).where(gone))
    known = select(dns_node.c.name)
    session.execute(delete(policy_in_force).where(policy_in_force.c.node.not_in(known)))
