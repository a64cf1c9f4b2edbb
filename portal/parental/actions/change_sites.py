"""Adding a site to a list, taking it out, and putting it back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from portal.accounts.models import User
from portal.core import audit, clock
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.parental import queries
from portal.parental.history import Act
from portal.parental.limits import Limits
from portal.parental.models import LONGEST_NOTE, Profile, Rule
from portal.parental.publisher import save
from portal.parental.sites import Action, Note, Site, read_site


@dataclass(frozen=True)
class Added:
    """The new rule, how it was understood, and rules of the other list that concern its site."""

    rule: Rule
    notes: Sequence[Note]
    colliding: Sequence[Rule]


@dataclass(frozen=True)
class Remark:
    """What parents say of a rule: a note, and whether it counts only in times of the schedule."""

    note: str = ""
    in_windows: bool = False


PLAIN = Remark()


def add_site(
    profile: Profile,
    *,
    site: str,
    action: Action,
    by: User,
    limits: Limits,
    remark: Remark = PLAIN,
) -> Added:
    """Put a site, as a person typed it, into a list, and publish the policy.

    A rule for the same site gives way if it ends by itself, counts at other times or has another
    note. Records `parental.site_added`. Raises RuleError as `read_site` does, if the list says just
    this already, or if the profile is full.
    """
    read = read_site(site, action=action, never_blocked=limits.never_blocked)
    _refuse_long(remark)
    queries.lock(profile)
    remark = _make_room(profile, read, action, remark)
    refuse_full(profile, more=1, limits=limits)
    rule = Rule(
        account_id=profile.account_id,
        profile_id=profile.id,
        site=read.name,
        subdomains_only=read.subdomains_only,
        action=action,
        note=remark.note,
        in_windows=remark.in_windows,
        created_at=clock.now(),
        added_in=profile.next_version,
    )
    session.add(rule)
    save(profile, Act.SITE_ADDED, by=by, site=rule.shown)
    audit.record("parental.site_added", subject=rule, actor=by, action=action)
    return Added(rule, read.notes, queries.colliding(profile, rule))


def change_remark(profile: Profile, rule: Rule, remark: Remark, *, by: User) -> None:
    """Let a standing rule count at these times, with this note. A second time changes nothing.

    Records `parental.site_changed`. Raises RuleError (field `note`) if the note is too long.
    """
    _refuse_long(remark)
    queries.lock(profile)
    session.refresh(rule)
    if rule.removed_at is not None or Remark(rule.note, rule.in_windows) == remark:
        return
    now = clock.now()
    rule.remove(version=profile.next_version, now=now)
    session.flush()  # Only one rule of a site may stand.
    changed = rule.copy(version=profile.next_version, now=now)
    changed.note, changed.in_windows = remark.note, remark.in_windows
    session.add(changed)
    save(profile, Act.SITE_CHANGED, by=by, site=rule.shown)
    audit.record("parental.site_changed", subject=changed, actor=by)


def remove_site(profile: Profile, rule: Rule, *, by: User) -> None:
    """Take a site out of its list; it can come back for UNDO_TIME. A second time changes nothing.

    Records `parental.site_removed`.
    """
    queries.lock(profile)
    session.refresh(rule)
    if rule.removed_at is not None:
        return
    rule.remove(version=profile.next_version, now=clock.now())
    save(profile, Act.SITE_REMOVED, by=by, site=rule.shown)
    audit.record("parental.site_removed", subject=rule, actor=by)


def restore_site(profile: Profile, rule: Rule, *, by: User, limits: Limits) -> None:
    """Put a removed site back, as a rule of the next version. A second time changes nothing.

    Records `parental.site_restored`. Raises RuleError if it is too late, or if the profile is full.
    """
    queries.lock(profile)
    session.refresh(rule)
    standing = _standing(profile, rule)
    if rule.removed_at is None or (standing and standing.expires_at is None):
        return
    if not rule.can_return(clock.now()):
        raise RuleError(_l("It is too late to bring %(site)s back. Add it again."), site=rule.shown)
    refuse_full(profile, more=1, limits=limits)
    site, remark = Site(rule.site, rule.subdomains_only), Remark(rule.note, rule.in_windows)
    _make_room(profile, site, Action(rule.action), remark)
    session.add(rule.copy(version=profile.next_version, now=clock.now()))
    save(profile, Act.SITE_RESTORED, by=by, site=rule.shown)
    audit.record("parental.site_restored", subject=rule, actor=by)


def refuse_full(profile: Profile, *, more: int, limits: Limits, field: str = "site") -> None:
    """Raise RuleError if the profile can't hold `more` sites besides those it has."""
    standing = sum(queries.numbers(profile).values())
    if standing + more > limits.most:
        raise RuleError(
            _l(
                "The profile would hold %(count)s sites; it has room for %(most)s. "
                "Remove some, or take a shorter list."
            ),
            field=field,
            count=standing + more,
            most=limits.most,
        )


def _refuse_long(remark: Remark) -> None:
    if len(remark.note) > LONGEST_NOTE:
        raise RuleError(
            _l("Write a note of at most %(most)s letters."), field="note", most=LONGEST_NOTE
        )


def _standing(profile: Profile, rule: Rule) -> Rule | None:
    site = Site(rule.site, rule.subdomains_only)
    return queries.standing_rule(profile, site, Action(rule.action))


def _make_room(profile: Profile, site: Site, action: Action, remark: Remark) -> Remark:
    """Take away a rule for the same site that says something else; return what the new one says.

    The note of before stays if there is no new one. Raises RuleError if nothing would change.
    """
    standing = queries.standing_rule(profile, site, action)
    if standing is None:
        return remark
    remark = replace(remark, note=remark.note or standing.note)
    if standing.expires_at is None and Remark(standing.note, standing.in_windows) == remark:
        _refuse_known(site, action)
    standing.remove(version=profile.next_version, now=clock.now())
    session.flush()  # Only one rule of a site may stand.
    return remark


def _refuse_known(site: Site, action: Action) -> None:
    if action is Action.BLOCK:
        raise RuleError(_l("%(site)s is closed already."), field="site", site=site.shown)
    raise RuleError(_l("%(site)s is on the list already."), field="site", site=site.shown)
