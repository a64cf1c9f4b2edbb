"""Checking a site: the resolvers' own matcher answers for the parents' page."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from portal.parental.dns.safe_search import switch_of
from portal.parental.policy import Policy, encode, wire_name
from portal.parental.sites import Action, Site, is_at_or_below, read_site, shown_name
from portal.parental.verdict import Categories, FreeDays, Verdict, verdict

NEVER_CLOSED = "never_closed"
_HALF_HOUR, _WEEK = 1800, 7 * 86400  # seconds
_LONGEST_CHAIN = 20  # closings, one after the other, of which the page tells the end


@dataclass(frozen=True)
class Finding:
    """What a check found: `outcome` (or NEVER_CLOSED), the deciding site, and until when.

    A closed site opens then, an open one closes; None: it stays as it is, an open one for a week
    at least. `mask` are the categories and services that
    close it. `made_safe` is the switch of safe search or YouTube that changes an open one.
    """

    site: Site
    outcome: str
    is_closed: bool
    rule: str | None
    until: datetime | None
    mask: int = 0
    made_safe: str | None = None


def check(
    policy: Policy,
    typed: str,
    *,
    at: datetime,
    free_days: FreeDays,
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
    blob, name, known = encode(policy), wire_name(site.name), categories(site.name)

    def told(moment: int) -> Verdict:
        return verdict(blob, name, at=moment, categories=known, free_days=free_days)

    now = int(at.timestamp())
    answer = told(now)
    until = _opens_again(answer, told) if answer.is_closed else _closes(answer, told, policy, now)
    return Finding(
        site,
        answer.outcome,
        answer.is_closed,
        shown_name(answer.rule) if answer.rule else None,
        datetime.fromtimestamp(until, UTC) if until else None,
        answer.mask,
        None if answer.is_closed else _made_safe(site.name, policy),
    )


def _made_safe(name: str, policy: Policy) -> str | None:
    return switch_of(name, safe_search=policy.safe_search, youtube=policy.youtube)


def _opens_again(answer: Verdict, told: Callable[[int], Verdict]) -> int | None:
    """Return the Unix second at which a closed site opens; None if it stays closed.

    What ends first may leave it closed by something else: a pause in bedtime, and so on.
    """
    for _step in range(_LONGEST_CHAIN):
        if not answer.is_closed or answer.until is None:
            break
        moment, answer = answer.until, told(answer.until)
        if not answer.is_closed:
            return moment
    return None


def _closes(
    answer: Verdict, told: Callable[[int], Verdict], policy: Policy, now: int
) -> int | None:
    """Return the Unix second, within a week, at which an open site closes; None if it does not.

    Times of the week begin at half-hours, or when an extra hour ends; what lets a site open may
    end at any second.
    """
    moment = now
    while True:
        steps = {answer.until or 0}
        if policy.windows:
            steps |= {(moment // _HALF_HOUR + 1) * _HALF_HOUR, policy.bonus_until}
        moment = min((step for step in steps if step > moment), default=now + _WEEK)
        if moment >= now + _WEEK:
            return None
        answer = told(moment)
        if answer.is_closed:
            return moment
