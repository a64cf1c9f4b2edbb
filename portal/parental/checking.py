"""Checking a site: the resolvers' own matcher answers for the parents' page."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from portal.parental.policy import Policy, encode, wire_name
from portal.parental.sites import Action, Site, is_at_or_below, read_site, shown_name
from portal.parental.verdict import verdict

NEVER_CLOSED = "never_closed"


@dataclass(frozen=True)
class Finding:
    """What a check found: `outcome` (or NEVER_CLOSED), the deciding site, and until when."""

    site: Site
    outcome: str
    is_closed: bool
    rule: str | None
    until: datetime | None


def check(
    policy: Policy, typed: str, *, at: datetime, never_closed: Collection[str] = ()
) -> Finding:
    """Say whether what a person typed is open at `at`, by which rule, and until when.

    Raises RuleError (field `site`) as `read_site` does.
    """
    site = read_site(typed, action=Action.ALLOW)
    if any(is_at_or_below(site.name, kept) for kept in never_closed):
        return Finding(site, NEVER_CLOSED, is_closed=False, rule=None, until=None)
    answer = verdict(encode(policy), wire_name(site.name), at=int(at.timestamp()))
    return Finding(
        site,
        answer.outcome,
        answer.is_closed,
        shown_name(answer.rule) if answer.rule else None,
        datetime.fromtimestamp(answer.until, UTC) if answer.until else None,
    )
