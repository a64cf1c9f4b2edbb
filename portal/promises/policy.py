"""What the operator promises: terms under a policy version, each with its frozen calendar."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from portal.sla import Calendar, due_at
from portal.sla.calendar import Interval


class Kind(StrEnum):
    """What is promised."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    INTERIM = "interim"
    FINAL = "final"
    CLAIM = "claim"
    FORWARD = "forward"
    REPAIR = "repair"
    VISIT = "visit"
    RATING_REVIEW = "rating_review"


class Rule(StrEnum):
    """A line of the policy. A kind may have several (a final answer with or without research)."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    INTERIM = "interim"
    FINAL_SIMPLE = "final_simple"
    FINAL_INVESTIGATION = "final_investigation"
    FINAL_LIMIT = "final_limit"
    WAITING_LIMIT = "waiting_limit"
    CLAIM = "claim"
    FORWARD = "forward"
    REPAIR = "repair"
    VISIT = "visit"
    RATING_REVIEW = "rating_review"


KIND_OF = {
    Rule.FIRST_RESPONSE: Kind.FIRST_RESPONSE,
    Rule.NEXT_RESPONSE: Kind.NEXT_RESPONSE,
    Rule.INTERIM: Kind.INTERIM,
    Rule.FINAL_SIMPLE: Kind.FINAL,
    Rule.FINAL_INVESTIGATION: Kind.FINAL,
    Rule.CLAIM: Kind.CLAIM,
    Rule.FORWARD: Kind.FORWARD,
    Rule.REPAIR: Kind.REPAIR,
    Rule.VISIT: Kind.VISIT,
    Rule.RATING_REVIEW: Kind.RATING_REVIEW,
}


@dataclass(frozen=True)
class Term:
    """How long a promise may take: minutes, or whole working days, of a calendar.

    Empty `channels` or `kinds` (of the appeal) mean all of them. `grace` is the least time that
    stays when the rule alone would leave less.
    """

    rule: Rule
    calendar: str
    minutes: int | None = None
    working_days: int | None = None
    end_of_day: bool = False
    grace: timedelta = timedelta()
    channels: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    def applies_to(self, channel: str, kind: str) -> bool:
        """Tell whether the term is for appeals of this channel and kind."""
        return (not self.channels or channel in self.channels) and (
            not self.kinds or kind in self.kinds
        )

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "Term":
        """Return the term that a row of the policy table states."""
        return cls(
            rule=Rule(row["rule"]),
            calendar=row["calendar"],
            minutes=row.get("minutes"),
            working_days=row.get("working_days"),
            end_of_day=row.get("end_of_day", False),
            grace=timedelta(minutes=row.get("grace_minutes", 0)),
            channels=frozenset(row.get("channels", ())),
            kinds=frozenset(row.get("kinds", ())),
        )


@dataclass(frozen=True)
class Policy:
    """One version of all that is promised. It never changes; a change is a new version."""

    version: int
    since: date
    terms: tuple[Term, ...]
    calendars: Mapping[str, Calendar] = field(repr=False)

    def term(self, rule: Rule, *, channel: str = "", kind: str = "") -> Term | None:
        """Return the term of a rule for an appeal, or None if nothing is promised."""
        return next((t for t in self.terms if t.rule == rule and t.applies_to(channel, kind)), None)

    def written_answer(self, kind: str) -> Term | None:
        """Return the term of the final answer to a written appeal, whatever its own channel.

        It is for what a conversation did not settle. A policy without that line leaves the limit of
        all final answers; without that one too nothing is promised.
        """
        lines = [t for t in self.terms if t.rule is Rule.FINAL_SIMPLE]
        for line in lines:
            if not line.kinds or kind in line.kinds:
                return line
        limit = self.term(Rule.FINAL_LIMIT)
        return lines[0] if lines else limit and replace(limit, rule=Rule.FINAL_SIMPLE)

    def due_at(self, term: Term, start: datetime, pauses: tuple[Interval, ...] = ()) -> datetime:
        """Return when a promise made at `start` under `term` is due."""
        calendar = self.calendars[term.calendar]
        if term.working_days is None:
            length = timedelta(minutes=term.minutes or 0)
            due = due_at(start, duration=length, calendar=calendar, pauses=pauses)
        else:
            due = due_at(
                start,
                working_days=term.working_days,
                end_of_day=term.end_of_day,
                calendar=calendar,
                pauses=pauses,
            )
        return max(due, start + term.grace)


def read_calendar(body: Mapping[str, Any]) -> Calendar:
    """Return the calendar that a stored version states. Raises CalendarError if it cannot be."""
    return Calendar(
        tz=body["tz"],
        week={int(day): _hours(hours) for day, hours in body["week"].items()},
        exceptions={
            date.fromisoformat(day): _hours(hours)
            for day, hours in body.get("exceptions", {}).items()
        },
    )


def _hours(rows: Any) -> list[tuple[str, str]]:
    return [(opens, closes) for opens, closes in rows]
