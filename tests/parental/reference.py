"""The naive matcher: the rules of the verdict said as plainly as possible, to compare with."""

from datetime import UTC, datetime, timedelta

from portal.parental.policy import OwnRule, Policy, Scope, Window
from portal.parental.sites import Action
from portal.parental.verdict import EPOCH, Outcome

Entries = dict[str, int]


def naive_outcome(
    policy: Policy, name: str, *, at: int, categories: Entries, free_days: set
) -> tuple[Outcome, str | None]:
    """Return what decides, and the site of the rule or category entry that does."""
    if policy.pause_until > at:
        return Outcome.PAUSE, None
    on = [window for window in policy.windows if is_on(window, policy, at, free_days)]
    if rule := strongest(policy, name, at=at, is_scheduled=any(each.own_rules for each in on)):
        is_allow = rule.action is Action.ALLOW
        return (Outcome.OWN_ALLOW if is_allow else Outcome.OWN_BLOCK), rule.name
    if any(window.internet_off for window in on):
        return Outcome.BEDTIME, None
    for outcome, masks in (
        (Outcome.WINDOW, [window.mask for window in on]),
        (Outcome.CATEGORY, [policy.categories]),
    ):
        hits = [
            site
            for site, mask in categories.items()
            if is_below(name, site) and any(mask & closed for closed in masks)
        ]
        if hits:
            return outcome, max(hits, key=len)
    return (Outcome.SAFE_SEARCH if policy.safe_search else Outcome.NONE), None


def is_below(name: str, site: str) -> bool:
    return ("." + name).endswith("." + site)


def is_on(window: Window, policy: Policy, at: int, free_days: set) -> bool:
    if at < policy.bonus_until:
        return False
    there = datetime.fromtimestamp(at, UTC) + timedelta(minutes=policy.zone_offset)
    week = window.free_days if there.date() in free_days else window.school_days
    half_hour = there.weekday() * 48 + there.hour * 2 + there.minute // 30
    return f"{week:b}".zfill(336)[::-1][half_hour] == "1"


def strongest(policy: Policy, name: str, *, at: int, is_scheduled: bool) -> OwnRule | None:
    live = [rule for rule in policy.rules if applies(rule, name, at, is_scheduled=is_scheduled)]
    return max(live, key=lambda rule: (len(rule.name), rule.action is Action.ALLOW), default=None)


def applies(rule: OwnRule, name: str, at: int, *, is_scheduled: bool) -> bool:
    if (rule.expires and at >= rule.expires) or (rule.in_windows and not is_scheduled):
        return False
    if rule.scope is Scope.EXACT:
        return name == rule.name
    if rule.scope is Scope.SUBDOMAINS:
        return name != rule.name and is_below(name, rule.name)
    return is_below(name, rule.name)


__all__ = ["EPOCH", "naive_outcome"]
