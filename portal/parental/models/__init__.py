"""Profiles, their rules, and the log from which resolvers learn what is in force."""

from portal.parental.models.enforcement import dns_node, lease, policy_in_force, policy_log
from portal.parental.models.profile import (
    CHILD,
    HISTORY_KEPT,
    HOME,
    LISTS_KEPT,
    LONGEST_BONUS_HOURS,
    LONGEST_NAME,
    LONGEST_PAUSE_HOURS,
    MOST_CHILDREN,
    Profile,
    SavedVersion,
)
from portal.parental.models.rules import (
    IMPORT_KEPT,
    LONGEST_NOTE,
    UNDO_TIME,
    ListImport,
    Rule,
)

__all__ = [
    "CHILD",
    "HISTORY_KEPT",
    "HOME",
    "IMPORT_KEPT",
    "LISTS_KEPT",
    "LONGEST_BONUS_HOURS",
    "LONGEST_NAME",
    "LONGEST_NOTE",
    "LONGEST_PAUSE_HOURS",
    "MOST_CHILDREN",
    "UNDO_TIME",
    "ListImport",
    "Profile",
    "Rule",
    "SavedVersion",
    "dns_node",
    "lease",
    "policy_in_force",
    "policy_log",
]
