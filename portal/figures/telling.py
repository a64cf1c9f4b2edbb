"""What is told of sums: shares, quantiles, and what is too little to be told. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta

from portal.feedback.wilson import Interval, interval

FEWEST = 10  # A group of fewer is not told to the public.
ENOUGH = 30  # Of a person with fewer only the interval is told.


@dataclass(frozen=True)
class Times:
    """How long answers took: (minutes, how many) with growing minutes."""

    steps: tuple[tuple[int, int], ...] = ()

    @property
    def answered(self) -> int:
        return sum(number for _minutes, number in self.steps)

    @property
    def median(self) -> timedelta | None:
        return self.quantile(50)

    @property
    def slow(self) -> timedelta | None:
        """The 90th percentile."""
        return self.quantile(90)

    def quantile(self, percent: int) -> timedelta | None:
        """Return the shortest time in which so many percent were answered; None of nobody."""
        wanted, seen = self.answered * percent, 0
        for minutes, number in self.steps:
            seen += number
            if seen * 100 >= wanted:
                return timedelta(minutes=minutes)
        return None

    def __add__(self, other: "Times") -> "Times":
        joined = dict(self.steps)
        for minutes, number in other.steps:
            joined[minutes] = joined.get(minutes, 0) + number
        return Times(tuple(sorted(joined.items())))


@dataclass(frozen=True)
class Sums:
    """What became of appeals: `late_open` are among the `late`; the others add up to `received`."""

    received: int = 0
    in_time: int = 0
    late: int = 0
    late_open: int = 0
    replaced: int = 0
    released: int = 0
    running: int = 0
    times: Times = field(default_factory=Times)

    @property
    def decided(self) -> int:
        """How many are in time, late or replaced: the whole of which shares are told."""
        return self.in_time + self.late + self.replaced

    @property
    def share(self) -> int | None:
        """The percentage in time, rounded down; None if nothing is decided."""
        return self.in_time * 100 // self.decided if self.decided else None

    @property
    def is_told(self) -> bool:
        """Whether the group is large enough to be told to the public."""
        return self.received >= FEWEST

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        )


def total(sums: Mapping[str, Sums], *, only_told: bool = False) -> Sums:
    """Return all groups together; of `only_told` none that subtracting could bring to light."""
    chosen = [each for each in sums.values() if each.is_told or not only_told]
    whole = Sums()
    for each in chosen:
        whole = whole + each
    return whole


def share_of(part: int, whole: int) -> tuple[int | None, Interval]:
    """Return a percentage if there are enough of them, and in any case its interval."""
    return (part * 100 // whole if whole >= ENOUGH else None, interval(part, whole))
