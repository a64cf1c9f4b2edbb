"""What a draft changes: each line before and after, with due times as examples. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from portal.promises.planning.lines import key_of
from portal.promises.policy import Policy, Term

_DAY = timedelta(days=1)
# Days after the first Monday, and the time: an ordinary moment and three that are not.
_MOMENTS = ((0, time(10, 0)), (3, time(23, 55)), (4, time(17, 30)), (6, time(12, 0)))


@dataclass(frozen=True)
class Example:
    """A promise made at `start`: when it is due by the version of before and by the draft."""

    start: datetime
    before: datetime | None
    after: datetime | None

    @property
    def is_changed(self) -> bool:
        return self.before != self.after

    @property
    def is_later(self) -> bool:
        return bool(self.before and self.after and self.after > self.before)


@dataclass(frozen=True)
class Line:
    """A line of the policy before and after; None where it is not. `place` counts from 1.

    `term` is the newest of both.
    """

    place: int
    term: Term
    before: Term | None
    after: Term | None
    examples: tuple[Example, ...]

    @property
    def change(self) -> str:
        """Say what the draft does to it: `new`, `gone`, `changed` or nothing."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "gone"
        is_other = self.before != self.after or any(e.is_changed for e in self.examples)
        return "changed" if is_other else ""


def lines(before: Policy, after: Policy, rows: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Return every line of `rows` (the draft's, as `after` has them), then those that are gone."""
    old = {_key(term): term for term in before.terms}
    versions, starts = (before, after), list(_starts(after))
    found = [
        _line(place, (old.pop(_key(term), None), term), versions, starts)
        for place, term in enumerate(map(Term.read, rows), 1)
    ]
    return found + [_line(0, (term, None), versions, starts) for term in old.values()]


def _line(
    place: int,
    terms: tuple[Term | None, Term | None],
    versions: tuple[Policy, Policy],
    starts: Sequence[datetime],
) -> Line:
    newest = terms[1] or terms[0]
    if newest is None:
        raise ValueError("a line of neither version")
    examples = tuple(
        Example(
            start,
            *(p.due_at(t, start) if t else None for t, p in zip(terms, versions, strict=True)),
        )
        for start in (*starts, *_eves(newest.calendar, versions))
    )
    return Line(place, newest, *terms, examples)


def _key(term: Term) -> tuple[str, ...]:
    row = {
        "rule": term.rule.value,
        "channels": sorted(term.channels),
        "kinds": sorted(term.kinds),
    }
    return key_of(row)


def _starts(policy: Policy) -> Iterator[datetime]:
    """Yield four moments of the first whole week of a version, in local time of its calendars."""
    monday = policy.since + timedelta(days=-policy.since.weekday() % 7)
    zone = next(iter(policy.calendars.values())).zone
    for days, clock_time in _MOMENTS:
        yield datetime.combine(monday + timedelta(days=days), clock_time, zone)


def _eves(name: str, versions: tuple[Policy, Policy]) -> Iterator[datetime]:
    """Yield noon before the first day on which a calendar's versions differ, or else its week."""
    calendars = [p.calendars[name] for p in versions if name in p.calendars]
    since = versions[1].since + _DAY
    days = [{d: tuple(h) for d, h in c.exceptions.items() if d > since} for c in calendars]
    other = set(days[0].items()) ^ set(days[-1].items()) or set(days[-1].items())
    for day, _hours in sorted(other)[:1]:
        yield datetime.combine(day - _DAY, time(12), calendars[-1].zone)
