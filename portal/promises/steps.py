"""What time does to a promise: warnings, the breach, the late days. Pure.

A step is a whole number: 50 and 80 warn when so many percent of the time have passed, 100 is the
breach, with which the first late day begins, and 100 + n begins the late day n + 1.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.promises.obligation import End, Outcome, outcome
from portal.promises.policy import Kind

HALF, MOST, BREACH = 50, 80, 100
_UNTIL_BREACH = (HALF, MOST, BREACH)
_DAY = timedelta(days=1)
_LATE_DAYS = 2  # After the breach one more step, a day later.
_LATE_DAYS_OF_REPAIR = 30  # Each may have its compensation.
# Whether it was kept is written down afterwards; until then the clock alone proves nothing.
_KNOWN_LATER = frozenset({Kind.VISIT})


@dataclass(frozen=True)
class Course:
    """The times of a promise. `end` and `ended_at` are None while it is open."""

    kind: Kind
    started_at: datetime
    due_at: datetime
    ended_at: datetime | None = None
    end: End | None = None

    def at(self, step: int) -> datetime:
        """Return when a step comes; the breach of what was given up before, when that was."""
        if step > BREACH:
            return self.due_at + _DAY * (step - BREACH)
        if step == BREACH and self.ended_at:
            return min(self.due_at, self.ended_at)
        return self.started_at + (self.due_at - self.started_at) * step / BREACH

    def upcoming(self, told: int, now: datetime) -> int | None:
        """Return the step that comes next, or None if there is none.

        `told` is the step that was told last (0: none). What was told comes again only if the due
        time has moved so far that it is still ahead. Of a promise that was broken and has ended
        all steps up to its end still come, however late that is noticed; of a kept one none.
        """
        if self.ended_at is None:
            running = () if self.kind in _KNOWN_LATER else self._steps()
            return next((step for step in running if step > told or self.at(step) > now), None)
        if not self._is_lost:
            return None
        ended_at = self.ended_at
        began = (s for s in self._steps() if s == BREACH or (s > BREACH and self.at(s) < ended_at))
        return next((step for step in began if step > told), None)

    def told_without_timer(self, *, is_new: bool) -> int:
        """Return which step an open promise that has no timer has told last."""
        has_had_one = not is_new and self.kind not in _KNOWN_LATER
        return max(self._steps()) if has_had_one else 0

    def newest(self, step: int, now: datetime) -> int:
        """Return what is told when `step` has come: a warning that another overtook is not."""
        later = (s for s in _UNTIL_BREACH if s > step and self.at(s) < now)
        return max(later, default=step)

    def fits(self, step: int | None, fires_at: datetime | None, now: datetime) -> bool:
        """Tell whether a timer, or that there is none, is as it has to be, to the second."""
        if step is None or fires_at is None:
            return self.ended_at is not None or self._is_over(now)
        may_stand = step in self._steps() if self.ended_at is None else self._is_lost
        return may_stand and abs(self.at(step) - fires_at) < timedelta(seconds=1)

    def _is_over(self, now: datetime) -> bool:
        return self.kind in _KNOWN_LATER or self.at(max(self._steps())) <= now

    @property
    def _is_lost(self) -> bool:
        return outcome(self.due_at, self.ended_at, self.end, self.due_at) is Outcome.BROKEN

    def _steps(self) -> tuple[int, ...]:
        most = _LATE_DAYS_OF_REPAIR if self.kind is Kind.REPAIR else _LATE_DAYS
        return (*_UNTIL_BREACH, *range(BREACH + 1, BREACH + most))


def late_day(step: int) -> int:
    """Return the late day that begins with a step from the breach on, counted from 1."""
    return step - BREACH + 1
