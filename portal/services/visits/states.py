"""The states of a visit, and which step follows which."""

from enum import StrEnum

from portal.core.errors import RuleError
from portal.core.text import Marked, _l


class VisitState(StrEnum):
    """How a visit stands or ended."""

    BOOKED = "booked"
    DONE = "done"
    NOT_HOME = "not_home"  # the technician came, and nobody was at home
    IMPOSSIBLE = "impossible"  # the technician came, and the work could not be done
    MISSED = "missed"  # nobody came, or nobody said so in time: the operator's broken promise
    CANCELLED = "cancelled"


class Obstacle(StrEnum):
    """Why the work could not be done."""

    NO_WAY_IN = "no_way_in"
    NO_LINE = "no_line"
    UNSAFE = "unsafe"
    REFUSED = "refused_there"


S = VisitState
STEPS: dict[VisitState, frozenset[VisitState]] = {
    S.BOOKED: frozenset({S.DONE, S.NOT_HOME, S.IMPOSSIBLE, S.MISSED, S.CANCELLED}),
    S.MISSED: frozenset({S.DONE}),  # the result came late: the promise stays broken
    S.DONE: frozenset(),
    S.NOT_HOME: frozenset(),
    S.IMPOSSIBLE: frozenset(),
    S.CANCELLED: frozenset(),
}

LABELS: dict[VisitState, Marked] = {
    S.BOOKED: _l("Booked"),
    S.DONE: _l("The technician came"),
    S.NOT_HOME: _l("Nobody was at home"),
    S.IMPOSSIBLE: _l("Could not be done"),
    S.MISSED: _l("We did not come"),
    S.CANCELLED: _l("Visit cancelled"),
}
BADGES = {
    S.BOOKED: "run",
    S.DONE: "ok",
    S.NOT_HOME: "warn",
    S.IMPOSSIBLE: "bad",
    S.MISSED: "bad",
    S.CANCELLED: "",
}
OBSTACLES: dict[Obstacle, Marked] = {
    Obstacle.NO_WAY_IN: _l("There is no way to lay the cable into the flat."),
    Obstacle.NO_LINE: _l("There is no free line at the house."),
    Obstacle.UNSAFE: _l("The work would be unsafe."),
    Obstacle.REFUSED: _l("The customer refused the work at the address."),
}


def check_step(present: VisitState, wanted: VisitState) -> None:
    """Raise RuleError if a visit cannot go from `present` to `wanted`."""
    if wanted not in STEPS[present]:
        raise RuleError(
            _l("This visit is already at “%(state)s”: that can no longer be done."),
            state=LABELS[present],
        )
