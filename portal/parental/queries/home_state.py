"""The read of the home page: one statement for all profiles of an account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from portal.accounts.models import Account
from portal.core import clock
from portal.core.db import session
from portal.parental.models import (
    CHILD,
    HOME,
    Profile,
    Rule,
    dns_node,
    policy_in_force,
    policy_log,
)
from portal.parental.queries.proof import NODE_IS_ALIVE
from portal.parental.sites import Action


@dataclass(frozen=True)
class ChildState:
    """What the home page shows of a child's profile."""

    id: UUID
    name: str
    paused_until: datetime | None

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until


@dataclass(frozen=True)
class HomeState:
    """What the home page shows of parental control."""

    is_enforced: bool
    paused_until: datetime | None
    blocked: int
    allowed: int
    resolvers: int
    in_force: int
    children: list[ChildState]

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until


def state_of(account: Account) -> HomeState | None:
    """Return the state of Home and the children, oldest first; None if it was never connected.

    One statement, whatever the lists hold.
    """

    def standing(action: Action) -> Select[int]:
        return select(func.count()).where(
            Rule.profile_id == Profile.id,
            Rule.removed_at.is_(None),
            or_(Rule.expires_at.is_(None), Rule.expires_at > clock.now()),
            Rule.action == action,
        )

    alive = dns_node.c.seen_at > func.clock_timestamp() - NODE_IS_ALIVE
    newest = select(func.max(policy_log.c.seq)).where(
        policy_log.c.policy_id == policy_in_force.c.policy_id
    )
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
        _children(account).scalar_subquery(),
    ).where(Profile.account_id == account.id, Profile.kind == HOME)
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    is_enforced, paused_until, blocked, allowed, resolvers, in_force, children = row
    return HomeState(
        is_enforced,
        paused_until,
        blocked,
        allowed,
        resolvers,
        in_force,
        [_child(*each) for each in children or ()],
    )


def _children(account: Account) -> Select[Any]:
    child = aliased(Profile)
    each = func.json_build_array(child.id, child.name, child.paused_until)
    return select(func.json_agg(aggregate_order_by(each, child.id))).where(
        child.account_id == account.id, child.kind == CHILD, child.removed_at.is_(None)
    )


def _child(id_: str, name: str, paused_until: str | None) -> ChildState:
    until = datetime.fromisoformat(paused_until) if paused_until else None
    return ChildState(UUID(id_), name, until)
