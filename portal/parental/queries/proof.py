"""Reads of what is in force on the resolvers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, select, text

from portal.accounts.models import Account
from portal.core.db import session
from portal.parental.models import (
    HOME,
    Profile,
    Rule,
    dns_node,
    policy_in_force,
    policy_log,
)
from portal.parental.sites import Action

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


@dataclass(frozen=True)
class HomeState:
    """What the home page shows of parental control."""

    is_enforced: bool
    paused_until: datetime | None
    blocked: int
    allowed: int
    resolvers: int
    in_force: int

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until


def state_of(account: Account) -> HomeState | None:
    """Return the state of the Home profile; None if the option was never connected.

    One statement, whatever the lists hold.
    """

    def standing(action: Action) -> Select[int]:
        return select(func.count()).where(
            Rule.profile_id == Profile.id, Rule.removed_at.is_(None), Rule.action == action
        )

    alive = dns_node.c.seen_at > func.clock_timestamp() - NODE_IS_ALIVE
    newest = select(func.max(policy_log.c.seq)).where(policy_log.c.policy_id == Profile.policy_id)
    here = (
        select(func.count())
        .select_from(dns_node.join(policy_in_force, policy_in_force.c.node == dns_node.c.name))
        .where(alive, policy_in_force.c.policy_id == Profile.policy_id)
        .where(policy_in_force.c.seq >= newest.scalar_subquery())
    )
    query = select(
        Profile.is_enforced,
        Profile.paused_until,
        standing(Action.BLOCK).scalar_subquery(),
        standing(Action.ALLOW).scalar_subquery(),
        select(func.count()).select_from(dns_node).where(alive).scalar_subquery(),
        here.scalar_subquery(),
    ).where(Profile.account_id == account.id, Profile.kind == HOME)
    row = session.execute(query).one_or_none()
    return HomeState(*row) if row else None
