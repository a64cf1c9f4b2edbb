"""Categories and releases as the desk shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.core.text import Marked, number, translate
from portal.parental.categories.actions import IMPORTED
from portal.parental.categories.models import CategoryRelease, CategorySource
from portal.parental.categories.queries import Holding
from portal.parental.categories.registry import Entry, Kind, registry


@dataclass(frozen=True)
class Listed:
    """A source: its short name, and why the last look brought nothing, if so."""

    label: str
    kept: CategorySource
    fault: str
    refused: list[tuple[int, str, str]]


@dataclass(frozen=True)
class Shown:
    """An entry of the registry: how many names it closes now, and what its sources hold."""

    entry: Entry
    names: int
    sources: list[Listed]

    @property
    def is_thin(self) -> bool:
        return self.entry.is_thin(self.names)

    @property
    def faults(self) -> int:
        return sum(1 for source in self.sources if source.fault)


@dataclass(frozen=True)
class Changed:
    """What a release closes and opens in one category or service."""

    name: str
    icon: str
    added: int
    removed: int
    added_samples: list[str]
    removed_samples: list[str]


MOST_REFUSED = 5


def shown(
    kind: Kind, kept: Iterable[CategorySource], release: CategoryRelease | None
) -> list[Shown]:
    """Return the entries of a kind, in the order of the registry."""
    by_code: dict[str, list[Listed]] = {}
    for source in kept:
        by_code.setdefault(source.code, []).append(_listed(source))
    counts = release.counts if release else {}
    return [
        Shown(entry, counts.get(entry.code, 0), by_code.get(entry.code, []))
        for entry in registry().of(kind)
    ]


def _listed(source: CategorySource) -> Listed:
    return Listed(
        label=source.source.removeprefix(IMPORTED),
        kept=source,
        fault=told(source.fault) if source.fault else "",
        refused=[(line, text, told(fault)) for line, text, *fault in source.samples[:MOST_REFUSED]],
    )


def told(fault: list[Any]) -> str:
    """Return a kept fault, [message, values], in the reader's language."""
    message, values = fault
    return translate(Marked(message), **values)


def name_of(code: str) -> str:
    """Return the name of a code; one that the registry has lost is shown as it is."""
    return registry().entry(code).name if code in registry() else code


def changes(release: CategoryRelease) -> list[Changed]:
    """Return what a release changes beside the one before it, in the order of the registry."""
    return [
        Changed(
            name=name_of(code),
            icon=registry().entry(code).icon if code in registry() else "layers",
            **release.difference[code],
        )
        for code in in_order(release.difference)
    ]


def counted(release: CategoryRelease, beside: CategoryRelease | None) -> list[tuple[str, str, str]]:
    """Return name, number of sites, and the number in force, of each category that has any."""
    now = beside.counts if beside else {}
    return [
        (name_of(code), number(release.counts.get(code, 0)), number(now.get(code, 0)))
        for code in in_order(release.counts | now)
    ]


def blocked(release: CategoryRelease) -> list[tuple[str, str, str]]:
    """Return site, entry and names of categories for each well-known site that it would close."""
    return [
        (site, entry, ", ".join(name_of(code) for code in codes))
        for site, entry, codes in release.blocked
    ]


def held(holdings: list[Holding], number: int | None) -> int:
    """Return on how many resolvers a release is in force."""
    return sum(1 for each in holdings if each.number == number and each.loading is None)


def in_order(codes: Iterable[str]) -> list[str]:
    """Return codes in the order of the registry, those that it has lost last."""
    order = {entry.code: place for place, entry in enumerate(registry())}
    return sorted(codes, key=lambda code: (order.get(code, len(order)), code))
