"""Reads of parental control."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, text

from portal.accounts.models import Account, Membership, Role, User
from portal.core import clock
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.paging import Page, page_of
from portal.parental.comparison import Key, names_above, opposite
from portal.parental.models import (
    HOME,
    LISTS_KEPT,
    ListImport,
    Profile,
    Rule,
    dns_node,
    policy_in_force,
    policy_log,
)
from portal.parental.policy import OwnRule, Policy, Scope
from portal.parental.sites import Action, Site

NODE_IS_ALIVE = timedelta(seconds=30)
MOST_COLLISIONS = 5
LONGEST_MEASURE = timedelta(seconds=10)  # Longer is not the way, but a server that came later.


def home_profile(account: Account) -> Profile | None:
    """Return the profile of the whole home; None if the option was never connected."""
    return session.scalar(
        select(Profile).where(Profile.account_id == account.id, Profile.kind == HOME)
    )


def profile_of(account: Account, profile_id: UUID) -> Profile:
    """Return a profile of this account. Raises NotFoundError for anyone else's."""
    own = select(Profile).where(Profile.id == profile_id, Profile.account_id == account.id)
    if profile := session.scalar(own):
        return profile
    raise NotFoundError


def lock(profile: Profile) -> None:
    """Let nobody else change this profile until our commit; read it as it is now."""
    session.refresh(profile, with_for_update=True)


def _standing(profile: Profile) -> Select[Rule]:
    return select(Rule).where(Rule.profile_id == profile.id, Rule.removed_at.is_(None))


def sites_of(
    profile: Profile,
    action: Action,
    *,
    find: str = "",
    after: str | None = None,
    per_page: int = 25,
) -> Page[Rule]:
    """Return a page of one list, newest first; `find` is a part of the stored name."""
    query = _standing(profile).where(Rule.action == action)
    if find:
        query = query.where(Rule.site.contains(find, autoescape=True))
    return page_of(query, Rule.id, after=after, per_page=per_page)


def rule_of(profile: Profile, rule_id: UUID) -> Rule:
    """Return a rule of this profile, removed or not. Raises NotFoundError."""
    query = select(Rule).where(Rule.id == rule_id, Rule.profile_id == profile.id)
    if rule := session.scalar(query):
        return rule
    raise NotFoundError


def just_removed(profile: Profile, rule_id: UUID | None) -> Rule | None:
    """Return the removed rule that can still come back; None without one."""
    if rule_id is None:
        return None
    rule = session.scalar(select(Rule).where(Rule.id == rule_id, Rule.profile_id == profile.id))
    return rule if rule and rule.can_return(clock.now()) else None


def standing_rule(profile: Profile, site: Site, action: Action) -> Rule | None:
    """Return the rule that says exactly this, if there is one."""
    return session.scalar(
        _standing(profile).where(
            Rule.site == site.name,
            Rule.subdomains_only == site.subdomains_only,
            Rule.action == action,
        )
    )


def numbers(profile: Profile) -> dict[str, int]:
    """Return how many sites stand in each list."""
    query = (
        select(Rule.action, func.count())
        .where(Rule.profile_id == profile.id, Rule.removed_at.is_(None))
        .group_by(Rule.action)
    )
    found = {row[0]: row[1] for row in session.execute(query)}
    return {action: found.get(action, 0) for action in Action}


def keys_of(profile: Profile) -> tuple[list[Key], list[Key]]:
    """Return the standing rules: those that last, and those that end by themselves."""
    query = select(Rule.site, Rule.subdomains_only, Rule.action, Rule.expires_at).where(
        Rule.profile_id == profile.id, Rule.removed_at.is_(None)
    )
    lasting: list[Key] = []
    passing: list[Key] = []
    for site, subdomains_only, action, expires_at in session.execute(query):
        kind = lasting if expires_at is None else passing
        kind.append(Key(site, subdomains_only, Action(action)))
    return lasting, passing


def colliding(profile: Profile, rule: Rule) -> Sequence[Rule]:
    """Return rules of the other list that concern this rule's site: nearest above, or below.

    At most MOST_COLLISIONS, the longest name first.
    """
    above = [rule.site, *names_above(rule.site)]
    query = (
        _standing(profile)
        .where(Rule.action == opposite(Action(rule.action)))
        .where(or_(Rule.site.in_(above), Rule.site.endswith("." + rule.site, autoescape=True)))
        .order_by(func.length(Rule.site).desc(), Rule.id)
        .limit(MOST_COLLISIONS)
    )
    return session.scalars(query).all()


def policy_of(profile: Profile) -> Policy:
    """Return what resolvers must know of a profile, whether it is enforced or not."""
    query = select(Rule.site, Rule.subdomains_only, Rule.action, Rule.expires_at).where(
        Rule.profile_id == profile.id, Rule.removed_at.is_(None)
    )
    rules = tuple(
        OwnRule(
            site,
            Action(action),
            Scope.SUBDOMAINS if subdomains_only else Scope.SITE,
            _seconds(expires_at),
        )
        for site, subdomains_only, action, expires_at in session.execute(query)
    )
    return Policy(pause_until=_seconds(profile.paused_until), rules=rules)


def _seconds(moment: datetime | None) -> int:
    return int(moment.timestamp()) if moment else 0


def import_of(profile: Profile, import_id: UUID, *, is_locked: bool = False) -> ListImport:
    """Return a prepared import of this profile. Raises NotFoundError."""
    query = select(ListImport).where(
        ListImport.id == import_id, ListImport.profile_id == profile.id
    )
    if found := session.scalar(query.with_for_update() if is_locked else query):
        return found
    raise NotFoundError


def other_parents(profile: Profile, *, but: User) -> Sequence[UUID]:
    """Return the users who may edit this profile too, without `but`."""
    now = clock.now()
    query = (
        select(Membership.user_id)
        .where(Membership.account_id == profile.account_id, Membership.user_id != but.id)
        .where(Membership.role.in_([Role.HOLDER, Role.PARENT]))
        .where(or_(Membership.ends_at.is_(None), Membership.ends_at > now))
        .order_by(Membership.user_id)
    )
    return session.scalars(query).all()


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


def profiles_to_forget(*, at: datetime, limit: int = 100) -> Sequence[Profile]:
    """Return profiles whose option ended longer ago than lists are kept, and that hold lists."""
    query = (
        select(Profile)
        .where(Profile.is_enforced.is_(False), Profile.ended_at < at - LISTS_KEPT)
        .where(select(Rule.id).where(Rule.profile_id == Profile.id).exists())
        .order_by(Profile.id)
        .limit(limit)
    )
    return session.scalars(query).all()
