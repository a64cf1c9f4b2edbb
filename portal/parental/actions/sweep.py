"""Forgetting what need not be kept any longer."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import aliased

from portal.core import clock
from portal.core.db import session
from portal.parental import queries
from portal.parental.models import (
    HISTORY_KEPT,
    IMPORT_KEPT,
    ListImport,
    Profile,
    Rule,
    SavedVersion,
    dns_node,
    policy_in_force,
    policy_log,
)

LOG_KEPT = timedelta(days=7)  # Source: architecture.md, "policy_log keeps the newest row"
NODE_KEPT = timedelta(days=7)


def sweep() -> None:
    """Forget the lists of options that ended long ago, old previews, old versions and log rows.

    The newest row of each policy stays, so that a new node can start from the log.
    """
    now = clock.now()
    for profile in queries.profiles_to_forget(at=now):
        for kept in (Rule, SavedVersion):
            session.execute(delete(kept).where(kept.profile_id == profile.id))
        profile.stored_settings = {}
    _take_out_ended_rules(now)
    session.execute(delete(Rule).where(Rule.removed_at < now - HISTORY_KEPT))
    _forget_versions(now - HISTORY_KEPT)
    session.execute(delete(ListImport).where(ListImport.created_at < now - IMPORT_KEPT))
    _trim_log()
    _forget_nodes()


def _take_out_ended_rules(now: datetime) -> None:
    """Let rules that ended by themselves stand no more from the next version on.

    Nothing is published: resolvers know the end of each.
    """
    session.execute(
        update(Rule)
        .where(Rule.profile_id == Profile.id, Rule.removed_at.is_(None), Rule.expires_at < now)
        .values(removed_at=Rule.expires_at, removed_in=Profile.last_version + 1)
        .execution_options(synchronize_session=False)
    )


def _forget_versions(until: datetime) -> None:
    """Drop old versions; the newest of each profile stays."""
    is_replaced = (
        select(Profile.id)
        .where(Profile.id == SavedVersion.profile_id, Profile.last_version > SavedVersion.number)
        .exists()
    )
    session.execute(delete(SavedVersion).where(SavedVersion.saved_at < until, is_replaced))


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
