"""What each format can say of a rule, so that nothing is lost without a word."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.parental.lists.entries import Entry, Format
from portal.parental.sites import Action


class Lost(StrEnum):
    """Why a rule (or its note) can't stand in a format."""

    OTHER_LIST = "other_list"  # the format has one list only
    BOTH_LISTS = "both_lists"  # closed and always open at once: it stands as open
    SUBDOMAINS = "subdomains"
    ENDING = "ending"
    WINDOWS = "windows"
    NOTE = "note"  # the rule stays, its note goes


@dataclass(frozen=True)
class Holds:
    """What a format holds besides the names of closed sites."""

    two_lists: bool = False
    both_lists: bool = False
    subdomains: bool = True
    all_else: bool = False


HOLDS = {
    Format.HOSTS: Holds(subdomains=False),
    Format.PLAIN: Holds(),
    Format.ADBLOCK: Holds(two_lists=True, both_lists=True),
    Format.DNSMASQ: Holds(two_lists=True),
    Format.RPZ: Holds(two_lists=True),
    Format.CSV: Holds(two_lists=True, both_lists=True, all_else=True),
    Format.JSON: Holds(two_lists=True, both_lists=True, all_else=True),
}


@dataclass(frozen=True)
class Held:
    """The rules that a format holds, in their order, and how many it loses for which reason."""

    entries: list[Entry]
    lost: dict[Lost, int]


def held(entries: Sequence[Entry], form: Format, *, one_list: Action = Action.BLOCK) -> Held:
    """Return what a format holds of a profile's rules.

    `one_list` is the list that a format writes which has one only.
    """
    holds = HOLDS[form]
    opened = {(entry.name, entry.subdomains_only) for entry in _opened(entries)}
    kept: list[Entry] = []
    lost: Counter[Lost] = Counter()
    for entry in entries:
        if (reason := _loss(entry, holds, one_list)) is not None:
            lost[reason] += 1
        elif not holds.both_lists and holds.two_lists and _is_opened(entry, opened):
            lost[Lost.BOTH_LISTS] += 1
        else:
            kept.append(entry)
            lost[Lost.NOTE] += bool(entry.note) and not holds.all_else
    return Held(kept, {reason: lost[reason] for reason in Lost if lost[reason]})


def _loss(entry: Entry, holds: Holds, one_list: Action) -> Lost | None:
    if not holds.two_lists and entry.action is not one_list:
        return Lost.OTHER_LIST
    if entry.subdomains_only and not holds.subdomains:
        return Lost.SUBDOMAINS
    if holds.all_else or entry.lasts:
        return None
    return Lost.ENDING if entry.expires_at else Lost.WINDOWS


def _opened(entries: Iterable[Entry]) -> Iterable[Entry]:
    return (entry for entry in entries if entry.action is Action.ALLOW and entry.lasts)


def _is_opened(entry: Entry, opened: set[tuple[str, bool]]) -> bool:
    """Say whether “always open” wins over this rule everywhere."""
    own = entry.subdomains_only
    return entry.action is Action.BLOCK and (
        (entry.name, False) in opened or (own and (entry.name, True) in opened)
    )
