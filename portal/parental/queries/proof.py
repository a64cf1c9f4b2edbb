"""Reads of what is in force on the resolvers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select, text

from portal.core.db import session
from portal.parental.models import (
    Profile,
    dns_node,
    policy_in_force,
    policy_log,
)

NODE_IS_ALIVE = timedelta(seconds=30)


@dataclass(frozen=True)
class NodeRow:
    """What a resolver host has told the database: the save that it applied last, and when.

    `answers_at` is where its DNS server can be asked; None if it can't be.
    """

    name: str
    is_alive: bool
    seen_at: datetime
    answers_at: str | None
    seq: int | None
    applied_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """The newest save of a policy (None before the first), and what each host has told of it."""

    policy_id: int
    seq: int | None
    saved_at: datetime | None
    nodes: Sequence[NodeRow]


def standing_of(profile: Profile) -> Standing:
    """Return what the database knows of the newest save of this profile. One statement."""
    newest = (
        select(policy_log.c.seq, policy_log.c.created_at)
        .where(policy_log.c.policy_id == profile.policy_id)
        .order_by(policy_log.c.seq.desc())
        .limit(1)
        .subquery()
    )
    query = (
        select(
            newest.c.seq,
            newest.c.created_at,
            dns_node.c.name,
            dns_node.c.seen_at > func.clock_timestamp() - NODE_IS_ALIVE,
            dns_node.c.seen_at,
            dns_node.c.answers_at,
            policy_in_force.c.seq,
            policy_in_force.c.applied_at,
        )
        .select_from(dns_node)
        .outerjoin(newest, text("true"))
        .outerjoin(
            policy_in_force,
            and_(
                policy_in_force.c.node == dns_node.c.name,
                policy_in_force.c.policy_id == profile.policy_id,
            ),
        )
        .order_by(dns_node.c.name)
    )
    rows = session.execute(query).all()
    seq, saved_at = rows[0][:2] if rows else (None, None)
    return Standing(profile.policy_id, seq, saved_at, [NodeRow(*row[2:]) for row in rows])
