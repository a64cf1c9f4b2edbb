"""What a list would change in a profile: new, in conflict, twice there, or covered.

Source: parental-control.md, "Import and export": the longest match wins, allow wins a tie;
the limit counts what is left after covered names are dropped.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import IntFlag, StrEnum
from typing import NamedTuple

from portal.parental.lists import Entry
from portal.parental.sites import Action


class Key(NamedTuple):
    """What makes a rule of a profile one rule."""

    name: str
    subdomains_only: bool
    action: Action

    @classmethod
    def of(cls, entry: Entry) -> "Key":
        return cls(entry.name, entry.subdomains_only, entry.action)


class Fate(StrEnum):
    """What becomes of an entry. `conflict` is taken too: another rule for the name wins."""

    NEW = "new"
    CONFLICT = "conflict"
    DUPLICATE = "duplicate"
    COVERED = "covered"


@dataclass(frozen=True)
class Comparison:
    """The fate of each entry, in the order of the list."""

    fates: list[tuple[Entry, Fate]]

    @property
    def added(self) -> list[Entry]:
        return [entry for entry, fate in self.fates if fate in {Fate.NEW, Fate.CONFLICT}]

    def of(self, fate: Fate) -> list[Entry]:
        return [entry for entry, each in self.fates if each is fate]


def compare(
    entries: Iterable[Entry], lasting: Collection[Key], *, passing: Collection[Key] = ()
) -> Comparison:
    """Return what becomes of each entry beside the `lasting` rules of the profile.

    `passing` are rules that end by themselves or count only at times: they cover nothing, but may
    contradict; so do such entries. An entry is covered when the nearest rule above it says the
    same.
    """
    listed = list(entries)
    taken = _taken(listed)
    stays = {key for key, entry in taken.items() if entry.lasts}
    beside = _Beside.of([*lasting, *stays], [*passing, *(taken.keys() - stays)])
    known, brief = set(lasting), set(passing)

    def fate_of(entry: Entry) -> Fate:
        key = Key.of(entry)
        is_known = key in known or (key in brief and key not in stays)
        if is_known or taken[key] is not entry:
            return Fate.DUPLICATE
        return beside.fate_of(key)

    return Comparison([(entry, fate_of(entry)) for entry in listed])


def _taken(listed: list[Entry]) -> dict[Key, Entry]:
    """Return the entry that stands for each rule: the first, but one that lasts before all."""
    taken: dict[Key, Entry] = {}
    for entry in listed:
        before = taken.setdefault(Key.of(entry), entry)
        if entry.lasts and not before.lasts:
            taken[Key.of(entry)] = entry
    return taken


def reduced(entries: Iterable[Entry]) -> list[Entry]:
    """Return the rules of which none is covered by another, in their order."""
    return compare(entries, []).added


def names_above(name: str) -> Iterator[str]:
    """Return the names above `name`, the longest first: b.kz of a.b.kz, then kz."""
    while name := name.partition(".")[2]:
        yield name


def opposite(action: Action) -> Action:
    return Action.ALLOW if action is Action.BLOCK else Action.BLOCK


class _Says(IntFlag):
    """What the rules for one name say together."""

    NOTHING = 0
    BLOCK = 1
    ALLOW = 2
    BLOCK_LASTING = 4
    ALLOW_LASTING = 8
    BLOCK_ITSELF = 16  # lasting, and not of the subdomains alone
    ALLOW_ITSELF = 32


_SAYS = {Action.BLOCK: _Says.BLOCK, Action.ALLOW: _Says.ALLOW}


@dataclass(frozen=True)
class _Beside:
    """All rules that would stand together, by name."""

    said: dict[str, int]

    @classmethod
    def of(cls, lasting: Iterable[Key], passing: Iterable[Key]) -> "_Beside":
        said: dict[str, int] = {}
        for key in passing:
            said[key.name] = said.get(key.name, 0) | _SAYS[key.action].value
        for key in lasting:
            bit = _SAYS[key.action].value
            more = bit << 2 if key.subdomains_only else bit << 2 | bit << 4
            said[key.name] = said.get(key.name, 0) | bit | more
        return cls(said)

    def fate_of(self, key: Key) -> Fate:
        same, other = _SAYS[key.action].value, _SAYS[opposite(key.action)].value
        here = self.said[key.name]
        if here & other:
            return Fate.CONFLICT
        is_covered = (key.subdomains_only and here & same << 4) or self._is_covered(
            key.name, same, other
        )
        return Fate.COVERED if is_covered else Fate.NEW

    def _is_covered(self, name: str, same: int, other: int) -> bool:
        for above in names_above(name):
            said = self.said.get(above, 0)
            if said & other:
                return False
            if said & same << 2:
                return True
        return False
