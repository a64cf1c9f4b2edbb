"""One promise while the events are folded: how it starts, pauses, moves and ends."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from portal.promises.policy import KIND_OF, Kind, Policy, Rule, Term
from portal.sla import elapsed
from portal.sla.calendar import Interval


class Outcome(StrEnum):
    """How a promise stands. Broken is a fact of time, whether somebody noticed or not."""

    RUNNING = "running"
    KEPT = "kept"
    BROKEN = "broken"
    REPLACED = "replaced"
    RELEASED = "released"


class End(StrEnum):
    """Why a promise no longer runs."""

    FULFILLED = "fulfilled"
    REPLACED = "replaced"
    RELEASED = "released"
    BROKEN = "broken"  # given up, perhaps before it was due


_OUTCOME_OF = {
    End.FULFILLED: Outcome.KEPT,
    End.REPLACED: Outcome.REPLACED,
    End.RELEASED: Outcome.RELEASED,
    End.BROKEN: Outcome.BROKEN,
}


def outcome(due_at: datetime, ended_at: datetime | None, end: End | None, now: datetime) -> Outcome:
    """Return how a promise stands at `now`; the moment it is due still keeps it."""
    if (ended_at or now) > due_at:
        return Outcome.BROKEN
    return _OUTCOME_OF[end] if end else Outcome.RUNNING


@dataclass(frozen=True)
class Move:
    """A due time that was told anew: when, from, to, and why if it became later."""

    at: datetime
    before: datetime
    after: datetime
    reason: str

    @property
    def is_later(self) -> bool:
        return self.after > self.before


@dataclass
class Obligation:
    """A promise and all that happened to it.

    `limit_at` is the latest that the rule allows, or when the outage is promised to end; `due_at`
    is that or the date promised in an interim answer, whichever is earlier.
    """

    policy: Policy = field(repr=False)
    term: Term
    cycle: int
    started_at: datetime
    pauses: list[Interval] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    asked_at: datetime | None = None
    promised_at: datetime | None = None
    promised_on: datetime | None = None
    ended_at: datetime | None = None
    end: End | None = None
    cap_at: datetime | None = None
    is_extended: bool = False
    outage_until: datetime | None = None
    is_of_talk: bool = (
        False  # A conversation did not settle it: the rule of written appeals counts.
    )

    @property
    def kind(self) -> Kind:
        return KIND_OF[self.term.rule]

    @property
    def rule(self) -> Rule:
        return self.term.rule

    @property
    def is_open(self) -> bool:
        return self.end is None

    @property
    def times_moved(self) -> int:
        """How often a later time was told."""
        return sum(move.is_later for move in self.moves)

    @property
    def limit_at(self) -> datetime:
        if self.outage_until:
            return self.outage_until
        if self.is_extended and self.cap_at:
            return self.cap_at
        limit = self.policy.due_at(self.term, self.started_at, tuple(self.all_pauses))
        return min(limit, self.cap_at) if self.cap_at else limit

    @property
    def due_at(self) -> datetime:
        if self.promised_at is None or self.promised_on is None:
            return self.limit_at
        since = self.promised_on
        waited = sum(
            (max(end, since) - max(begin, since) for begin, end in self.all_pauses), timedelta()
        )
        return min(self.promised_at + waited, self.limit_at)

    @property
    def all_pauses(self) -> list[Interval]:
        """Return the pauses, the open one as long as it may become."""
        if self.asked_at is None:
            return self.pauses
        return [*self.pauses, (self.asked_at, self._longest_wait(self.asked_at))]

    @property
    def waits_until(self) -> datetime | None:
        """Return when an open question to the customer stops to hold the clock, if one is open."""
        return self._longest_wait(self.asked_at) if self.asked_at else None

    def told_at(self, now: datetime) -> datetime:
        """Return the newest time that the customer knows: of a broken promise perhaps a later one.

        Only of what is broken: until then the time that is due is the one that is told.
        """
        after_breach = [m.after for m in self.moves if m.at > self.due_at]
        return after_breach[-1] if after_breach and now > self.due_at else self.due_at

    def outcome(self, now: datetime) -> Outcome:
        """Return how the promise stands at `now`."""
        return outcome(self.due_at, self.ended_at, self.end, now)

    def pause(self, at: datetime) -> None:
        """Stop the clock while a question to the customer is open."""
        if self.asked_at is None or self._longest_wait(self.asked_at) < at:
            self.resume(at)
            self.asked_at = at

    def resume(self, at: datetime) -> None:
        """Let the clock run again; a wait beyond its limit had ended by itself.

        A clock that went back since the question makes no pause at all.
        """
        if self.asked_at is not None:
            until = max(self.asked_at, min(at, self._longest_wait(self.asked_at)))
            self.pauses.append((self.asked_at, until))
            self.asked_at = None

    def promise(self, until: datetime, *, at: datetime, reason: str) -> None:
        """Note the date that an interim answer names.

        A promise that is already broken stays due when it was: a new date mends nothing.
        """
        before = self.told_at(at)
        if at <= self.due_at:
            self.promised_at, self.promised_on = until, at
        if before != until:
            self.moves.append(Move(at, before, until, reason))

    def join_outage(self, until: datetime, *, at: datetime, reason: str) -> None:
        """Be due when an outage is promised to end, which may be later than the rule allows.

        At its very start that is no move. What is already broken stays due when it was.
        """
        before = self.told_at(at)
        if at <= self.due_at:
            self.outage_until, self.promised_at, self.promised_on = until, None, None
        if before != until and at != self.started_at:
            self.moves.append(Move(at, before, until, reason))

    def extend(self, at: datetime, reason: str) -> None:
        """Let the promise run to its cap, once; a date that was named before gives way to it."""
        if not self.is_extended:
            before, self.is_extended = self.due_at, True
            self.promised_at = self.promised_on = None
            self.moves.append(Move(at, before, self.due_at, reason))

    def rebase(
        self, policy: Policy, term: Term, *, cap_at: datetime | None, at: datetime, reason: str
    ) -> None:
        """Count by another version from now on.

        What is late already, or would be late at once, stays as it was promised: a new version
        neither mends nor breaks anything.
        """
        before = self.due_at
        after = replace(self, policy=policy, term=term, cap_at=cap_at).due_at
        if at > before or at > after:
            return
        self.policy, self.term, self.cap_at = policy, term, cap_at
        if after != before:
            self.moves.append(Move(at, before, after, reason))

    def finish(self, end: End, at: datetime) -> None:
        """End the promise, once."""
        if self.end is None:
            self.resume(at)
            self.end, self.ended_at = end, at

    def working_time(self, until: datetime) -> timedelta:
        """Return the working time that has run by `until`, pauses left out."""
        calendar = self.policy.calendars[self.term.calendar]
        return elapsed(self.started_at, until, calendar=calendar, pauses=self.all_pauses)

    def _longest_wait(self, asked_at: datetime) -> datetime:
        term = self.policy.term(Rule.WAITING_LIMIT)
        return self.policy.due_at(term, asked_at) if term else asked_at
