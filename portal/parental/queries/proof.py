"""Reads of what is in force on the resolvers."""

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
LONGEST_MEASURE = timedelta(seconds=10)  # Longer is not the way, but a server that came later.


@dataclass(frozen=True)
class Proof:
    """Where the last save of a profile is in force. `milliseconds`: how long the slowest took."""

    resolvers: int
    in_force: int
    milliseconds: int | None
    is_saved: bool = True

    @property
    def is_everywhere(self) -> bool:
        return self.is_saved and 0 < self.resolvers == self.in_force


def proof_of(profile: Profile) -> Proof:
    """Return where the newest save of this profile is in force. One statement."""
    newest = (
        select(policy_log.c.seq, policy_log.c.created_at)
        .where(policy_log.c.policy_id == profile.policy_id)
        .order_by(policy_log.c.seq.desc())
        .limit(1)
        .subquery()
    )
    is_here = policy_in_force.c.seq >= newest.c.seq
    query = (
        select(
            func.count(dns_node.c.name),
            func.count(dns_node.c.name).filter(is_here),
            func.max(policy_in_force.c.applied_at - newest.c.created_at).filter(is_here),
            func.count(newest.c.seq),
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
        .where(dns_node.c.seen_at > func.clock_timestamp() - NODE_IS_ALIVE)
    )
    resolvers, in_force, length, saves = session.execute(query).one()
    is_known = length is not None and length < LONGEST_MEASURE
    milliseconds = max(round(length.total_seconds() * 1000), 1) if is_known else None
    return Proof(resolvers, in_force, milliseconds, is_saved=bool(saves))


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
