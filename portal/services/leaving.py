"""Why services are left: counts put into tables. Pure."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from portal.core.pictures import percent

REASONS = (
    "price",
    "unused",
    "quality",
    "moving",
    "other_operator",
    "for_a_while",
    "other",
)
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Count:
    """So many disconnections of one offering for one reason; an empty reason: none was given."""

    reason: str
    offering: str
    number: int


@dataclass(frozen=True)
class ReasonLine:
    """A reason with how many left, its share of all in percent, and how many stayed after all."""

    reason: str
    left: int
    share: int
    stayed: int


@dataclass(frozen=True)
class CrossLine:
    """What was left, with the number of each reason and of all."""

    name: str
    numbers: tuple[int, ...]
    total: int


def by_reason(left: Iterable[Count], stayed: Mapping[str, int]) -> list[ReasonLine]:
    """Return a line for each reason that anybody gave, the commonest first."""
    numbers = _sums(left, lambda each: each.reason)
    total = sum(numbers.values())
    lines = [
        ReasonLine(reason, number, percent(number, total), stayed.get(reason, 0))
        for reason in _known(numbers, stayed)
        for number in [numbers.get(reason, 0)]
    ]
    return sorted(lines, key=lambda line: (-line.left, -line.stayed))


def crossed(
    left: Sequence[Count], reasons: Sequence[str], name_of: Callable[[str], str]
) -> list[CrossLine]:
    """Return a line for each name (of an offering's code), the most often left first."""
    cells = _sums(left, lambda each: (name_of(each.offering), each.reason))
    totals = _sums(left, lambda each: name_of(each.offering))
    lines = [
        CrossLine(name, tuple(cells.get((name, reason), 0) for reason in reasons), total)
        for name, total in totals.items()
    ]
    return sorted(lines, key=lambda line: (-line.total, line.name))


def _known(*several: Mapping[str, int]) -> list[str]:
    given = {reason for numbers in several for reason in numbers}
    return [reason for reason in (*REASONS, *sorted(given - set(REASONS))) if reason in given]


def _sums(left: Iterable[Count], key: Callable[[Count], K]) -> dict[K, int]:
    found: dict[K, int] = {}
    for each in left:
        found[key(each)] = found.get(key(each), 0) + each.number
    return found
