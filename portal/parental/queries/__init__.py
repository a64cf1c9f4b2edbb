"""Reads of parental control."""

from portal.parental.queries.calendar import free_days
from portal.parental.queries.home_state import ChildState, HomeState, state_of
from portal.parental.queries.lists import (
    colliding,
    entries_of,
    import_of,
    just_removed,
    keys_of,
    numbers,
    passing_rules,
    rule_of,
    sites_of,
    standing_rule,
    undoable_imports,
)
from portal.parental.queries.profiles import (
    home_profile,
    lock,
    other_parents,
    policy_of,
    profile_of,
    profiles_of,
    profiles_to_forget,
)
from portal.parental.queries.proof import NODE_IS_ALIVE, NodeRow, Standing, standing_of
from portal.parental.queries.versions import rules_at, version_of, versions_of

__all__ = [
    "NODE_IS_ALIVE",
    "ChildState",
    "HomeState",
    "NodeRow",
    "Standing",
    "colliding",
    "entries_of",
    "free_days",
    "home_profile",
    "import_of",
    "just_removed",
    "keys_of",
    "lock",
    "numbers",
    "other_parents",
    "passing_rules",
    "policy_of",
    "profile_of",
    "profiles_of",
    "profiles_to_forget",
    "rule_of",
    "rules_at",
    "sites_of",
    "standing_of",
    "standing_rule",
    "state_of",
    "undoable_imports",
    "version_of",
    "versions_of",
]
