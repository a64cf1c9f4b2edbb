"""From lists to one table of names: together, without what a shorter name covers, and compared.

An entry covers its name and all names below it; a mask says which categories and services.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.parental.comparison import names_above
from portal.parental.sites import is_at_or_below

MOST_SAMPLES = 20
Masks = Mapping[str, int]


def mask_in_force(masks: Masks, name: str) -> int:
    """Return what closes a name: its own entry's mask and those of the names above it."""
    mask = masks.get(name, 0)
    for above in names_above(name):
        mask |= masks.get(above, 0)
    return mask


def merged(lists: Iterable[tuple[int, Iterable[str]]]) -> dict[str, int]:
    """Return each name's mask out of lists with their masks, without names that add nothing."""
    masks: dict[str, int] = {}
    for mask, names in lists:
        for name in names:
            masks[name] = masks.get(name, 0) | mask
    return {name: mask for name, mask in masks.items() if mask & ~_above(masks, name)}


def _above(masks: Masks, name: str) -> int:
    mask = 0
    for above in names_above(name):
        mask |= masks.get(above, 0)
    return mask


def left_out(names: Iterable[str], without: Collection[str]) -> Iterator[str]:
    """Return the names that are neither one of `without` nor below one."""
    if not without:
        return iter(names)
    return (name for name in names if not any(is_at_or_below(name, each) for each in without))


@dataclass
class Change:
    """What becomes closed and open by one bit: how many names, and the first of them."""

    added: int = 0
    removed: int = 0
    added_samples: list[str] = field(default_factory=list)
    removed_samples: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return vars(self)


def difference(before: Masks, after: Masks) -> dict[int, Change]:
    """Return by bit what `after` closes that was open before, and what it opens.

    A name that merely stands under a shorter one now is no change.
    """
    changes: dict[int, Change] = {}
    for bit, name in _only_first(after, before):
        _note(changes, bit, name, is_added=True)
    for bit, name in _only_first(before, after):
        _note(changes, bit, name, is_added=False)
    return changes


def _only_first(first: Masks, second: Masks) -> Iterator[tuple[int, str]]:
    """Return bit and name of what `first` closes and `second` does not."""
    for name, mask in first.items():
        if second.get(name) != mask:
            yield from ((bit, name) for bit in _bits(mask & ~mask_in_force(second, name)))


def _note(changes: dict[int, Change], bit: int, name: str, *, is_added: bool) -> None:
    change = changes.setdefault(bit, Change())
    if is_added:
        change.added += 1
    else:
        change.removed += 1
    samples = change.added_samples if is_added else change.removed_samples
    if len(samples) < MOST_SAMPLES:
        samples.append(name)


def counts(masks: Masks) -> dict[int, int]:
    """Return by bit how many names carry it."""
    by_mask = Counter(masks.values())
    by_bit: Counter[int] = Counter()
    for mask, count in by_mask.items():
        for bit in _bits(mask):
            by_bit[bit] += count
    return dict(by_bit)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        bit = mask & -mask
        yield bit.bit_length() - 1
        mask ^= bit
