"""Forgetting what need not be kept any longer, in small parts.

While a transaction writes, resolvers take no save of anybody (they follow the order of commits).
So each function here forgets at most BATCH rows, and says how many: it is called, in a
transaction of its own, until nothing is left.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Delete, Update, delete, func, select, tuple_, update
from sqlalchemy.orm import aliased

from portal.core import clock
from portal.core.db import session
from portal.parental import queries
from portal.parental.counts.actions import follow_log
from portal.parental.limits import BATCH
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

LONG_BATCH = 20  # rows that hold whole lists
LOG_KEPT = timedelta(days=7)  # Source: architecture.md, "policy_log keeps the newest row"
NODE_KEPT = timedelta(days=7)


def forget_lists(profile_id: UUID) -> int:
    """Forget what a profile said whose lists need not be kept; return how many rows that were.

    Nothing happens if the option has begun again.
    """
    profile = session.get_one(Profile, profile_id)
    queries.lock(profile)
    if not profile.is_over(clock.now()):
        return 0
    profile.stored_settings = {}
    follow_log(profile)
    return sum(_forget(kept, kept.profile_id == profile.id) for kept in (Rule, SavedVersion))


def end_passed_rules() -> int:
    """Let rules that ended by themselves stand no more from the next version on.

    Nothing is published: resolvers know the end of each.
    """
    ended = (
        select(Rule.id)
        .where(Rule.removed_at.is_(None), Rule.expires_at < clock.now())
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return _count(
        update(Rule)
        .where(Rule.profile_id == Profile.id, Rule.id.in_(ended))
        .values(removed_at=Rule.expires_at, removed_in=Profile.last_version + 1)
    )


def forget_removed_rules() -> int:
    """Delete the rules that stand in no version which is kept."""
    return _forget(Rule, Rule.removed_at < clock.now() - HISTORY_KEPT)


def forget_versions() -> int:
    """Drop old versions; the newest of each profile stays."""
    is_replaced = (
        select(Profile.id)
        .where(Profile.id == SavedVersion.profile_id, Profile.last_version > SavedVersion.number)
        .exists()
    )
    is_old = SavedVersion.saved_at < clock.now() - HISTORY_KEPT
    return _forget(SavedVersion, is_old & is_replaced)


def forget_previews() -> int:
    """Delete lists that wait to be taken over, or undone, for too long."""
    is_old = ListImport.created_at < clock.now() - IMPORT_KEPT
    return _forget(ListImport, is_old, limit=LONG_BATCH)


def trim_log() -> int:
    """Drop old rows that a newer one of their policy replaces: a new node starts from the rest.

    The log's times are the database's own, so the database's clock decides.
    """
    newer = aliased(policy_log)
    is_replaced = (
        select(newer.c.seq)
        .where(newer.c.policy_id == policy_log.c.policy_id, newer.c.seq > policy_log.c.seq)
        .exists()
    )
    is_old = policy_log.c.created_at < func.clock_timestamp() - LOG_KEPT
    old = select(policy_log.c.seq).where(is_old, is_replaced).limit(BATCH)
    return _count(delete(policy_log).where(policy_log.c.seq.in_(old)))


def forget_nodes() -> int:
    """Delete the hosts that have been silent for long."""
    gone = dns_node.c.seen_at < func.clock_timestamp() - NODE_KEPT
    return _count(delete(dns_node).where(gone))


def forget_what_nodes_applied() -> int:
    """Delete what hosts told that are not known any more."""
    table = policy_in_force.c
    is_unknown = table.node.not_in(select(dns_node.c.name))
    key = tuple_(table.node, table.policy_id)
    some = select(table.node, table.policy_id).where(is_unknown).limit(BATCH)
    return _count(delete(policy_in_force).where(key.in_(some)))


def _forget(
    kept: type[Rule | SavedVersion | ListImport], which: ColumnElement[bool], limit: int = BATCH
) -> int:
    some = select(kept.id).where(which).limit(limit)
    return _count(delete(kept).where(kept.id.in_(some)))


def _count(statement: Delete | Update) -> int:
    session.flush()
    return session.connection().execute(statement).rowcount


PARTS_OF_SWEEP: tuple[Callable[[], int], ...] = (
    end_passed_rules,
    forget_removed_rules,
    forget_versions,
    forget_previews,
    trim_log,
    forget_nodes,
    forget_what_nodes_applied,
)
"""What is forgotten besides the lists, in this order."""
