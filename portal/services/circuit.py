"""When the network is asked at all: a circuit breaker as pure rules.

After MOST_FAILURES failures in a row the circuit opens: nobody asks for a while. Then one call is
let through as a probe; it closes the circuit or opens it for longer.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

MOST_FAILURES = 5
SHORTEST = timedelta(seconds=10)
LONGEST = timedelta(minutes=5)
PROBE_LASTS = timedelta(seconds=40)  # longer than any call of a gateway
PEEP = timedelta(seconds=3)


@dataclass(frozen=True)
class Circuit:
    """`failures` in a row; open until `open_until`; a probe is under way until `probe_until`."""

    failures: int = 0
    opened_at: datetime | None = None
    open_until: datetime | None = None
    probe_until: datetime | None = None

    @property
    def is_closed(self) -> bool:
        return self.open_until is None

    def is_probed(self, now: datetime) -> bool:
        return self.probe_until is not None and now < self.probe_until


@dataclass(frozen=True)
class Closed:
    """Nobody may ask before `until`."""

    until: datetime


def enter(circuit: Circuit, now: datetime) -> Circuit | Closed:
    """Return the circuit with a call let through, or until when nobody may ask."""
    if circuit.open_until is None:
        return circuit
    if now < circuit.open_until:
        return Closed(circuit.open_until)
    if circuit.is_probed(now):
        return Closed(now + PEEP)
    return replace(circuit, probe_until=now + PROBE_LASTS)


def after_failure(circuit: Circuit, now: datetime) -> Circuit:
    """Return the circuit after a call that failed.

    What fails while it is open was asked before it opened, and says nothing new.
    """
    if circuit.open_until and now < circuit.open_until:
        return circuit
    failures = circuit.failures + 1
    if failures < MOST_FAILURES:
        return replace(circuit, failures=failures)
    wait = min(SHORTEST * 2 ** min(failures - MOST_FAILURES, 10), LONGEST)
    return Circuit(failures, circuit.opened_at or now, now + wait)
