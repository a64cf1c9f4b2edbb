"""From events to promises: a pure fold. The events are the truth, promises follow from them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from portal.promises.obligation import End, Obligation
from portal.promises.policy import KIND_OF, Kind, Policy, Rule, Term


class Happening(StrEnum):
    """What domains record about a subject."""

    REGISTERED = "registered"
    CUSTOMER_WROTE = "customer_wrote"
    ANSWERED = "answered"
    ASKED = "asked"
    INTERIM_SENT = "interim_sent"
    FINAL_SENT = "final_sent"
    INVESTIGATION_OPENED = "investigation_opened"
    EXTENDED = "extended"
    CLAIM_RECOGNISED = "claim_recognised"
    ADDRESSEE_WRONG = "addressee_wrong"
    FORWARDED = "forwarded"
    REPAIRED = "repaired"
    REOPENED = "reopened"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    RATED = "rated"
    REVIEWED = "reviewed"
    VISIT_BOOKED = "visit_booked"
    VISIT_MOVED = "visit_moved"
    VISIT_CANCELLED = "visit_cancelled"
    ARRIVED = "arrived"
    VISIT_MISSED = "visit_missed"
    REBASED = "rebased"
    OUTAGE_JOINED = "outage_joined"


@dataclass(frozen=True)
class Event:
    """A fact about a subject and the policy version in force when it was recorded.

    `data` of `registered`: channel, kind, received_at (ISO); of `interim_sent`: promised_at (ISO),
    reason; of `visit_booked` and `visit_moved`: starts_at (ISO); of `rebased`: reason; of
    `outage_joined`: promised_at (ISO), reason. An `interim_sent` with `of_outage` is word of the
    outage: it moves the repair alone, past its own limit too. One that finds no final answer
    promised (somebody called or came) promises it.
    """

    happening: Happening
    at: datetime
    policy: int
    data: Mapping[str, Any] = field(default_factory=dict)


# What a registration promises, and what a final answer keeps. Who wrote again met us before.
_OPENING = (Rule.FIRST_RESPONSE, Rule.INTERIM, Rule.FINAL_SIMPLE, Rule.REPAIR)
_REOPENING = (Rule.NEXT_RESPONSE, Rule.INTERIM, Rule.FINAL_SIMPLE, Rule.REPAIR)
_CONTACT = (Kind.FIRST_RESPONSE, Kind.NEXT_RESPONSE)
CLOSINGS = (Kind.FINAL, Kind.CLAIM, Kind.REPAIR)


@dataclass
class Case:
    """A subject while its events are read."""

    policies: Mapping[int, Policy]
    promises: list[Obligation] = field(default_factory=list)
    channel: str = ""
    kind: str = ""
    started_at: datetime | None = None
    is_answered: bool = False
    is_over: bool = False

    def running(self, *kinds: Kind) -> list[Obligation]:
        """Return the promises of these kinds (none named: of all) that have not ended."""
        return [p for p in self.promises if p.is_open and (not kinds or p.kind in kinds)]

    @property
    def is_investigated(self) -> bool:
        """Tell whether an investigation runs."""
        return any(p.rule is Rule.FINAL_INVESTIGATION for p in self.running(Kind.FINAL))

    def open(self, rule: Rule, event: Event, start: datetime) -> None:
        """Make a promise from `start` under the event's policy, if the policy has the rule."""
        policy = self.policies[event.policy]
        term = policy.term(rule, channel=self.channel, kind=self.kind)
        if term is None:
            return
        made = self._make(policy, term, start)
        if rule is Rule.FIRST_RESPONSE and term.minutes == 0:
            made.finish(End.FULFILLED, start)

    def owe_answer(self, event: Event) -> None:
        """Promise the final answer of what a conversation did not settle, from now on."""
        policy = self.policies[event.policy]
        if not self.is_over and (term := policy.written_answer(self.kind)):
            self._make(policy, term, event.at).is_of_talk = True

    def end(self, end: End, event: Event, *kinds: Kind) -> None:
        """End the running promises of these kinds (none named: of all)."""
        for promise in self.running(*kinds):
            promise.finish(end, event.at)

    def closing(self) -> list[Obligation]:
        """Return what an interim answer names the date of: the final answer, or its like."""
        return self.running(Kind.FINAL) or self.running(*CLOSINGS)

    def _make(self, policy: Policy, term: Term, start: datetime) -> Obligation:
        kind = KIND_OF[term.rule]
        cycle = 1 + sum(p.kind == kind for p in self.promises)
        made = Obligation(policy, term, cycle, start, cap_at=_cap(policy, kind, start))
        self.promises.append(made)
        return made


def _cap(policy: Policy, kind: Kind, start: datetime) -> datetime | None:
    """Return the latest time to which a promise of this kind can ever be moved."""
    limit = policy.term(Rule.FINAL_LIMIT) if kind is Kind.FINAL else None
    return policy.due_at(limit, start) if limit else None


def fold(events: Iterable[Event], policies: Mapping[int, Policy]) -> list[Obligation]:
    """Return all promises that the events made, in the order in which they were made."""
    return read(events, policies).promises


def read(events: Iterable[Event], policies: Mapping[int, Policy]) -> Case:
    """Return the subject as its events (in the order of recording) tell it."""
    case = Case(policies)
    for event in events:
        _STEPS[event.happening](case, event)
    return case


def next_of(case: Case) -> Obligation | None:
    """Return the open promise that is due first, or None if nothing is promised."""
    return min(case.running(), key=lambda promise: promise.due_at, default=None)


def _register(case: Case, event: Event) -> None:
    case.channel, case.kind = event.data["channel"], event.data["kind"]
    received_at = event.data.get("received_at", event.at.isoformat())
    _start_cycle(case, event, _OPENING, datetime.fromisoformat(received_at))


def _start_cycle(case: Case, event: Event, rules: Iterable[Rule], received_at: datetime) -> None:
    """Promise anew; the first answer is owed from the time of receipt, which may be earlier.

    What is open is never without a promise, whatever lines the policy lacks.
    """
    case.started_at, case.is_answered, case.is_over = event.at, False, False
    for rule in rules:
        if not case.running(KIND_OF[rule]):
            case.open(rule, event, received_at if rule is Rule.FIRST_RESPONSE else event.at)
    if not case.running():
        case.owe_answer(event)


def _customer_wrote(case: Case, event: Event) -> None:
    for promise in case.running():
        promise.resume(event.at)
    if case.is_answered:
        case.is_answered = False
        case.open(Rule.NEXT_RESPONSE, event, event.at)


def _answer(case: Case, event: Event) -> None:
    case.is_answered = True
    case.end(End.FULFILLED, event, *_CONTACT)
    for promise in case.running(Kind.INTERIM):
        if event.at > promise.due_at:  # Late, and still without a date: that is promised again.
            promise.finish(End.FULFILLED, event.at)
            case.open(Rule.INTERIM, event, event.at)


def _ask(case: Case, event: Event) -> None:
    _answer(case, event)
    for promise in case.running(Kind.FINAL):
        if promise.rule is Rule.FINAL_INVESTIGATION:
            promise.pause(event.at)


def _send_interim(case: Case, event: Event) -> None:
    case.is_answered = True
    case.end(End.FULFILLED, event, *_CONTACT, Kind.INTERIM)
    if not case.closing():
        case.owe_answer(event)
    if event.data.get("of_outage"):
        _join_outage(case, event)
        return
    until = datetime.fromisoformat(event.data["promised_at"])
    for promise in case.closing():
        promise.promise(until, at=event.at, reason=event.data.get("reason", ""))


def _join_outage(case: Case, event: Event) -> None:
    """Let the repair be due when the outage is promised to end."""
    until = datetime.fromisoformat(event.data["promised_at"])
    for promise in case.running(Kind.REPAIR):
        promise.join_outage(until, at=event.at, reason=event.data.get("reason", ""))


def _send_final(case: Case, event: Event) -> None:
    case.is_answered = case.is_over = True
    case.end(End.FULFILLED, event)


def _settle(case: Case, event: Event) -> None:
    """Take the customer's word: a repair is done, and what was to be said is waived."""
    case.end(End.FULFILLED, event, Kind.REPAIR)
    _stop(case, event)


def _stop(case: Case, event: Event) -> None:
    """Release what runs: nothing is owed any more."""
    case.is_over = True
    case.end(End.RELEASED, event)


def _investigate(case: Case, event: Event) -> None:
    if case.is_investigated:
        return
    case.end(End.REPLACED, event, Kind.FINAL)
    case.open(Rule.FINAL_INVESTIGATION, event, case.started_at or event.at)


def _extend(case: Case, event: Event) -> None:
    for promise in case.running(Kind.FINAL):
        if promise.rule is Rule.FINAL_INVESTIGATION and event.at <= promise.due_at:
            promise.extend(event.at, event.data.get("reason", ""))


def _book_visit(case: Case, event: Event) -> None:
    """Promise that a technician comes within the slot; an earlier promise gives way to it."""
    case.end(End.REPLACED, event, Kind.VISIT)
    case.open(Rule.VISIT, event, datetime.fromisoformat(event.data["starts_at"]))


def _rebase(case: Case, event: Event) -> None:
    """Let what runs count by the event's policy; a rule that it has no more stays as it was."""
    policy = case.policies[event.policy]
    for promise in case.running():
        term = policy.term(promise.rule, channel=case.channel, kind=case.kind)
        if term and policy.version != promise.policy.version:
            promise.rebase(
                policy,
                term,
                cap_at=_cap(policy, promise.kind, promise.started_at),
                at=event.at,
                reason=event.data.get("reason", ""),
            )


def _opens(rule: Rule) -> Callable[[Case, Event], None]:
    """Return a step that makes a promise counted from the start of the cycle."""

    def step(case: Case, event: Event) -> None:
        if not case.running(KIND_OF[rule]):
            case.open(rule, event, case.started_at or event.at)

    return step


def _ends(end: End, *kinds: Kind) -> Callable[[Case, Event], None]:
    """Return a step that ends the promises of these kinds."""
    return lambda case, event: case.end(end, event, *kinds)


_STEPS: dict[Happening, Callable[[Case, Event], None]] = {
    Happening.REGISTERED: _register,
    Happening.REOPENED: lambda case, event: _start_cycle(case, event, _REOPENING, event.at),
    Happening.CUSTOMER_WROTE: _customer_wrote,
    Happening.ANSWERED: _answer,
    Happening.ASKED: _ask,
    Happening.INTERIM_SENT: _send_interim,
    Happening.FINAL_SENT: _send_final,
    Happening.INVESTIGATION_OPENED: _investigate,
    Happening.EXTENDED: _extend,
    Happening.CLAIM_RECOGNISED: _opens(Rule.CLAIM),
    Happening.ADDRESSEE_WRONG: _opens(Rule.FORWARD),
    Happening.FORWARDED: _ends(End.FULFILLED, Kind.FORWARD),
    Happening.REPAIRED: _ends(End.FULFILLED, Kind.REPAIR),
    Happening.SETTLED: _settle,
    Happening.WITHDRAWN: _stop,
    Happening.REJECTED: _stop,
    Happening.RATED: _opens(Rule.RATING_REVIEW),
    Happening.REVIEWED: _ends(End.FULFILLED, Kind.RATING_REVIEW),
    Happening.VISIT_BOOKED: _book_visit,
    Happening.VISIT_MOVED: _book_visit,
    Happening.VISIT_CANCELLED: _ends(End.RELEASED, Kind.VISIT),
    Happening.ARRIVED: _ends(End.FULFILLED, Kind.VISIT),
    Happening.VISIT_MISSED: _ends(End.BROKEN, Kind.VISIT),
    Happening.REBASED: _rebase,
    Happening.OUTAGE_JOINED: _join_outage,
}
