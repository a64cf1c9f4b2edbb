"""Reads of a profile's lists."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from portal.core import clock
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.paging import Page, page_of
from portal.parental.comparison import Key, names_above, opposite
from portal.parental.lists import Entry
from portal.parental.models import IMPORT_KEPT, ListImport, Profile, Rule
from portal.parental.sites import Action, Site

MOST_COLLISIONS = 5


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
    """Return a page of one list, newest first, without what has ended by itself.

    `find` is a part of the stored name.
    """
    query = _standing(profile).where(Rule.action == action, _is_in_force())
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
    if rule is None or not rule.can_return(clock.now()):
        return None
    site = Site(rule.site, rule.subdomains_only)
    return None if standing_rule(profile, site, Action(rule.action)) else rule


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
    """Return how many sites count in each list."""
    query = (
        select(Rule.action, func.count())
        .where(Rule.profile_id == profile.id, Rule.removed_at.is_(None), _is_in_force())
        .group_by(Rule.action)
    )
    found = {row[0]: row[1] for row in session.execute(query)}
    return {action: found.get(action, 0) for action in Action}


def keys_of(profile: Profile) -> tuple[list[Key], list[Key]]:
    """Return the rules in force: those that always count, and those that end or have times."""
    query = select(
        Rule.site,
        Rule.subdomains_only,
        Rule.action,
        and_(Rule.expires_at.is_(None), Rule.in_windows.is_(False)),
    ).where(Rule.profile_id == profile.id, Rule.removed_at.is_(None), _is_in_force())
    lasting: list[Key] = []
    passing: list[Key] = []
    for site, subdomains_only, action, lasts in session.execute(query):
        kind = lasting if lasts else passing
        kind.append(Key(site, subdomains_only, Action(action)))
    return lasting, passing


def _is_in_force() -> ColumnElement[bool]:
    return or_(Rule.expires_at.is_(None), Rule.expires_at > clock.now())


def passing_rules(profile: Profile) -> Sequence[Rule]:
    """Return the standing rules that end by themselves or count only at times of the week."""
    is_passing = or_(Rule.expires_at.is_not(None), Rule.in_windows)
    return session.scalars(_standing(profile).where(is_passing)).all()


def entries_of(profile: Profile) -> list[Entry]:
    """Return the rules in force as entries of a list, by name; those that have ended are left."""
    query = (
        select(
            Rule.site,
            Rule.subdomains_only,
            Rule.action,
            Rule.note,
            Rule.expires_at,
            Rule.in_windows,
        )
        .where(Rule.profile_id == profile.id, Rule.removed_at.is_(None), _is_in_force())
        .order_by(Rule.site, Rule.id)
    )
    return [
        Entry(0, site, below, Action(action), note, expires_at, in_windows)
        for site, below, action, note, expires_at, in_windows in session.execute(query)
    ]


def colliding(profile: Profile, rule: Rule) -> Sequence[Rule]:
    """Return rules of the other list that concern this rule's site: nearest above, or below.

    Those in force, at most MOST_COLLISIONS, the longest name first.
    """
    above = [rule.site, *names_above(rule.site)]
    query = (
        _standing(profile)
        .where(Rule.action == opposite(Action(rule.action)), _is_in_force())
        .where(or_(Rule.site.in_(above), Rule.site.endswith("." + rule.site, autoescape=True)))
        .order_by(func.length(Rule.site).desc(), Rule.id)
        .limit(MOST_COLLISIONS)
    )
    return session.scalars(query).all()


def undoable_imports(profile: Profile) -> Sequence[ListImport]:
    """Return the imports of this profile that can be undone now, newest first, at most five."""
    query = (
        select(ListImport)
        .where(ListImport.account_id == profile.account_id, ListImport.profile_id == profile.id)
        .where(ListImport.version.is_not(None), ListImport.undone_at.is_(None))
        .where(ListImport.confirmed_at > clock.now() - IMPORT_KEPT)
        .order_by(ListImport.confirmed_at.desc(), ListImport.id)
        .limit(5)
    )
    return session.scalars(query).all()


def import_of(profile: Profile, import_id: UUID, *, is_locked: bool = False) -> ListImport:
    """Return a prepared import of this profile; locked, as it is now. Raises NotFoundError."""
    query = select(ListImport).where(
        ListImport.id == import_id, ListImport.profile_id == profile.id
    )
    if is_locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    if found := session.scalar(query):
        return found
    raise NotFoundError
