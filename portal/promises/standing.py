"""How a promise stands at a moment, in the numbers that a page shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.promises.explanation import Explanation, explain
from portal.promises.models import Promise
from portal.promises.obligation import Obligation, Outcome

_WARN_FROM = 80
_HUNDRED_HOURS = timedelta(hours=100)


@dataclass(frozen=True)
class Standing:
    """A promise at `now`: read from its events, or the stored row, which tells the same times."""

    promise: Obligation | Promise
    now: datetime

    @property
    def outcome(self) -> Outcome:
        return self.promise.outcome(self.now)

    @property
    def is_late(self) -> bool:
        """Tell whether it is broken and still open: something is owed now."""
        return self.promise.is_open and self.outcome is Outcome.BROKEN

    @property
    def late_by(self) -> timedelta:
        """Return how long after its due time it ended, or is open now; negative when in time."""
        return (self.promise.ended_at or self.now) - self.promise.due_at

    @property
    def left(self) -> timedelta:
        """Return the time that is left, zero when it is over."""
        return max(self.promise.due_at - self.now, timedelta())

    @property
    def percent_passed(self) -> int:
        """Return how much of the time has passed, or had passed when it ended, 0 to 100."""
        whole = self.promise.due_at - self.promise.started_at
        if whole <= timedelta():
            return 100
        passed = (self.promise.ended_at or self.now) - self.promise.started_at
        return min(max(int(passed / whole * 100), 0), 100)

    @property
    def state(self) -> str:
        """Return the colour: `bad` when broken, `warn` while it runs from 80 % on, else nothing."""
        if self.outcome is Outcome.BROKEN:
            return "bad"
        return "warn" if self.promise.is_open and self.percent_passed >= _WARN_FROM else ""

    @property
    def dial(self) -> str:
        """Return the time left, or late, as a dial shows it: `4:42`, or days: `12 d` is `12`."""
        span = self.late_by if self.is_late else self.left
        minutes = int(span.total_seconds()) // 60
        if span >= _HUNDRED_HOURS:
            return str(span.days)
        return f"{minutes // 60}:{minutes % 60:02d}"

    @property
    def dial_is_days(self) -> bool:
        return (self.late_by if self.is_late else self.left) >= _HUNDRED_HOURS

    @property
    def moved(self) -> int:
        """Return how often a later time was told."""
        if isinstance(self.promise, Obligation):
            return self.promise.times_moved
        return self.promise.moved

    @property
    def why(self) -> Explanation:
        """Return why it is due when it is; only events know that."""
        if not isinstance(self.promise, Obligation):
            raise TypeError("a stored promise does not know its reasons")
        return explain(self.promise)


def standings(promises: Iterable[Obligation], now: datetime) -> list[Standing]:
    """Return what runs, by due time, and after it what is over, newest first."""
    all_ = [Standing(promise, now) for promise in promises]
    running = sorted((s for s in all_ if s.promise.is_open), key=lambda s: s.promise.due_at)
    over = [s for s in all_ if not s.promise.is_open]
    return running + sorted(over, key=lambda s: s.promise.due_at, reverse=True)
