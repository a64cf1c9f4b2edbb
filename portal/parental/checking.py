"""Checking a site: the resolvers' own matcher answers for the parents' page."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from portal.parental.policy import Policy, encode, wire_name
from portal.parental.sites import Action, Site, is_at_or_below, read_site, shown_name
from portal.parental.verdict import Categories, FreeDays, verdict
from portal.sla.kazakhstan import DAYS_OFF, days_off

NEVER_CLOSED = "never_closed"


@dataclass(frozen=True)
class Finding:
    """What a check found: `outcome` (or NEVER_CLOSED), the deciding site, and until when.

    `mask` are the categories and services that close it.
    """

    site: Site
    outcome: str
    is_closed: bool
    rule: str | None
    until: datetime | None
    mask: int = 0


def check(
    policy: Policy,
    typed: str,
    *,
    at: datetime,
    never_closed: Collection[str] = (),
    categories: Callable[[str], Categories] = lambda _host: lambda _name: 0,
) -> Finding:
    """Say whether what a person typed is open at `at`, by which rule, and until when.

    `categories` returns what `verdict` asks for the categories of a host.
    Raises RuleError (field `site`) as `read_site` does.
    """
    site = read_site(typed, action=Action.ALLOW)
    if any(is_at_or_below(site.name, kept) for kept in never_closed):
        return Finding(site, NEVER_CLOSED, is_closed=False, rule=None, until=None)
    answer = verdict(
        encode(policy),
        wire_name(site.name),
        at=int(at.timestamp()),
        categories=categories(site.name),
        free_days=public_holidays(),
    )
    return Finding(
        site,
        answer.outcome,
        answer.is_closed,
        shown_name(answer.rule) if answer.rule else None,
        datetime.fromtimestamp(answer.until, UTC) if answer.until else None,
        answer.mask,
    )


@cache
def public_holidays() -> FreeDays:
    """Return the days on which the week of free days counts, as the resolvers know them."""
    return FreeDays.of(set(days_off(*DAYS_OFF)))
