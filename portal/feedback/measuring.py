"""Figures of ratings and of mystery shopping, and how far apart they are. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.feedback.wilson import Interval, interval

ENOUGH = 30  # Below this many answers a share says too little: only its interval is told.


@dataclass(frozen=True)
class RatingFigures:
    """How many were asked to rate, how many did, and how many of these gave 4 or 5."""

    asked: int = 0
    answered: int = 0
    good: int = 0

    @property
    def response_rate(self) -> float | None:
        """Return the part of the asked that answered, 0 to 1; None if nobody was asked."""
        return self.answered / self.asked if self.asked else None

    @property
    def share(self) -> float | None:
        """Return the part of 4 and 5 among the answers, 0 to 1; None of fewer than ENOUGH."""
        return self.good / self.answered if self.answered >= ENOUGH else None

    @property
    def interval(self) -> Interval:
        """Return where that part probably lies (Wilson, 95 %); 0 to 1 without any answer."""
        return interval(self.good, self.answered)

    def __add__(self, other: "RatingFigures") -> "RatingFigures":
        return RatingFigures(
            self.asked + other.asked, self.answered + other.answered, self.good + other.good
        )


def total(figures: Iterable[RatingFigures]) -> RatingFigures:
    """Return all of them together."""
    return sum(figures, RatingFigures())


@dataclass(frozen=True)
class ShoppingFigures:
    """What an agency found with one checklist, beside what customers said of the same contacts.

    `score` is the mean of the entries, 0 to 100; None without any.
    """

    code: str
    names: dict[str, str]
    entries: int
    score: float | None
    measured: RatingFigures

    @property
    def gap(self) -> tuple[float, float] | None:
        """Return by how many points customers judge better than the agency: at least, at most.

        It comes from the interval of the share of 4 and 5; None if one side says nothing.
        """
        if self.score is None or not self.measured.answered:
            return None
        low, high = self.measured.interval
        return (100 * low - self.score, 100 * high - self.score)
