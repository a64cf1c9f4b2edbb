"""The history of a profile: what was done in each saved version, and what differs between two."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from portal.core.text import Marked, _l
from portal.parental.models.rules import Rule
from portal.parental.settings import ProfileSettings, TimeWindow


class Act(StrEnum):
    """What a saved version was saved for."""

    STARTED = "started"
    SITE_ADDED = "site_added"
    SITE_CHANGED = "site_changed"
    SITE_REMOVED = "site_removed"
    SITE_RESTORED = "site_restored"
    LIST_IMPORTED = "list_imported"
    IMPORT_UNDONE = "import_undone"
    SWITCHED = "switched"
    SCHEDULED = "scheduled"
    PRESET = "preset"
    SEARCH = "search"
    ALLOWED_FOR = "allowed_for"
    LOG = "log"
    RESTORED = "restored"


SENTENCES: dict[str, Marked] = {
    Act.STARTED: _l("The profile was made"),
    Act.SITE_ADDED: _l("%(site)s was added to a list"),
    Act.SITE_CHANGED: _l("%(site)s: the times or the note of the rule were changed"),
    Act.SITE_REMOVED: _l("%(site)s was removed from its list"),
    Act.SITE_RESTORED: _l("%(site)s was brought back"),
    Act.LIST_IMPORTED: _l("A list was loaded, new sites: %(count)s"),
    Act.IMPORT_UNDONE: _l("The loading of a list was undone"),
    Act.SWITCHED: _l("Categories and services were changed"),
    Act.SCHEDULED: _l("The schedule was changed"),
    Act.PRESET: _l("The settings for an age were taken"),
    Act.SEARCH: _l("Safe search and YouTube were changed"),
    Act.ALLOWED_FOR: _l("%(site)s was opened at the child’s request"),
    Act.LOG: _l("The log of closed sites was turned on or off"),
    Act.RESTORED: _l("Version %(number)s was restored"),
}


class RuleKey(NamedTuple):
    """What makes a rule the same in two versions."""

    site: str
    subdomains_only: bool
    action: str
    in_windows: bool
    note: str
    expires_at: datetime | None

    @classmethod
    def of(cls, rule: Rule) -> "RuleKey":
        return cls(
            rule.site,
            rule.subdomains_only,
            rule.action,
            rule.in_windows,
            rule.note,
            rule.expires_at,
        )


@dataclass(frozen=True)
class Difference:
    """What a later state has more and less than an earlier one."""

    added: list[Rule] = field(default_factory=list)
    removed: list[Rule] = field(default_factory=list)
    closed: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    windows_added: list[TimeWindow] = field(default_factory=list)
    windows_removed: list[TimeWindow] = field(default_factory=list)
    changed: tuple[str, ...] = ()
    """Which of `safe_search`, `youtube` and `keeps_log` differ."""

    @property
    def is_empty(self) -> bool:
        return self == Difference()


def difference(
    old: ProfileSettings,
    new: ProfileSettings,
    *,
    old_rules: Iterable[Rule] = (),
    new_rules: Iterable[Rule] = (),
) -> Difference:
    """Return what leads from the old settings and rules to the new."""
    before = {RuleKey.of(rule): rule for rule in old_rules}
    after = {RuleKey.of(rule): rule for rule in new_rules}
    return Difference(
        added=[rule for key, rule in after.items() if key not in before],
        removed=[rule for key, rule in before.items() if key not in after],
        closed=new.closed - old.closed,
        opened=old.closed - new.closed,
        windows_added=[window for window in new.windows if window not in old.windows],
        windows_removed=[window for window in old.windows if window not in new.windows],
        changed=tuple(
            name
            for name in ("safe_search", "youtube", "keeps_log")
            if getattr(old, name) != getattr(new, name)
        ),
    )
