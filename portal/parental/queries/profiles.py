"""Reads of profiles, and of what resolvers must know of one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, text

from portal.accounts.models import Account, Membership, Role, User
from portal.core import clock
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.parental.categories.registry import mask_of
from portal.parental.models import CHILD, HOME, LISTS_KEPT, Profile, Rule, SavedVersion
from portal.parental.policy import OwnRule, Policy, Scope, Window
from portal.parental.settings import TimeWindow
from portal.parental.sites import Action

_LISTS = (Rule, SavedVersion)


def home_profile(account: Account) -> Profile | None:
    """Return the profile of the whole home; None if the option was never connected."""
    return session.scalar(
        select(Profile).where(Profile.account_id == account.id, Profile.kind == HOME)
    )


def profiles_of(account: Account) -> Sequence[Profile]:
    """Return the account's standing profiles: Home first, then the children, oldest first."""
    query = (
        select(Profile)
        .where(Profile.account_id == account.id, Profile.removed_at.is_(None))
        .order_by(Profile.kind == CHILD, Profile.id)
    )
    return session.scalars(query).all()


def profile_of(account: Account, profile_id: UUID) -> Profile:
    """Return a standing profile of this account. Raises NotFoundError for anyone else's."""
    own = select(Profile).where(
        Profile.id == profile_id,
        Profile.account_id == account.id,
        Profile.removed_at.is_(None),
    )
    if profile := session.scalar(own):
        return profile
    raise NotFoundError


def lock(profile: Profile) -> None:
    """Let nobody else change this profile until our commit; read it as it is now."""
    session.refresh(profile, with_for_update=True)


def policy_of(profile: Profile) -> Policy:
    """Return what resolvers must know of a profile, whether it is enforced or not."""
    query = select(
        Rule.site, Rule.subdomains_only, Rule.action, Rule.expires_at, Rule.in_windows
    ).where(Rule.profile_id == profile.id, Rule.removed_at.is_(None))
    rules = tuple(
        OwnRule(
            site,
            Action(action),
            Scope.SUBDOMAINS if subdomains_only else Scope.SITE,
            _seconds(expires_at),
            in_windows,
        )
        for site, subdomains_only, action, expires_at, in_windows in session.execute(query)
    )
    settings = profile.settings
    return Policy(
        safe_search=settings.safe_search,
        youtube=settings.youtube,
        pause_until=_seconds(profile.paused_until),
        bonus_until=_seconds(profile.bonus_until),
        categories=mask_of(settings.closed),
        windows=tuple(_window(window) for window in settings.windows),
        rules=rules,
        keeps_log=settings.keeps_log,
    )


def _window(window: TimeWindow) -> Window:
    return Window(
        mask=mask_of(window.closes),
        own_rules=window.own_rules,
        internet_off=window.internet_off,
        school_days=window.school_days,
        free_days=window.free_days,
    )


def _seconds(moment: datetime | None) -> int:
    return int(moment.timestamp()) if moment else 0


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


def profiles_to_forget(*, at: datetime) -> Sequence[UUID]:
    """Return the profiles that are over (`Profile.is_over`) and still say anything."""
    until = at - LISTS_KEPT
    has_ended = Profile.is_enforced.is_(False) & (Profile.ended_at < until)
    says_anything = or_(
        Profile.stored_settings != text("'{}'::jsonb"),
        *(select(kept.id).where(kept.profile_id == Profile.id).exists() for kept in _LISTS),
    )
    query = select(Profile.id).where(or_(Profile.removed_at < until, has_ended), says_anything)
    return session.scalars(query.order_by(Profile.id)).all()
