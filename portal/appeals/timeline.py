"""How everything was: messages, notes and what became of each promise, in one line of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.appeals.models import AppealNote, Message
from portal.promises.obligation import Outcome
from portal.promises.standing import Standing


class What(StrEnum):
    """What happened at a moment of the timeline; at the same time in this order."""

    MESSAGE = "message"
    NOTE = "note"
    REGISTERED = "registered"
    PROMISE = "promise"


_RANK = list(What)
_TOLD = {Outcome.KEPT, Outcome.BROKEN, Outcome.REPLACED}


@dataclass(frozen=True)
class Moment:
    """One entry of the timeline; of `message`, `note` and `standing` the one that `what` says."""

    at: datetime
    what: What
    message: Message | None = None
    note: AppealNote | None = None
    standing: Standing | None = None


def timeline(
    messages: Sequence[Message], standings: Iterable[Standing], notes: Iterable[AppealNote] = ()
) -> list[Moment]:
    """Return all moments of an appeal, oldest first; what still runs is not among them."""
    moments = [Moment(message.at, What.MESSAGE, message=message) for message in messages]
    moments += [Moment(note.at, What.NOTE, note=note) for note in notes]
    if messages:
        moments.append(Moment(messages[0].at, What.REGISTERED))
    moments += [moment for standing in standings if (moment := _of_promise(standing))]
    return sorted(moments, key=lambda moment: (moment.at, _RANK.index(moment.what)))


def _of_promise(standing: Standing) -> Moment | None:
    """Return when a promise was kept, broken or replaced; a breach is told when it was due."""
    if standing.outcome not in _TOLD:
        return None
    promise = standing.promise
    was_broken = standing.outcome is Outcome.BROKEN
    at = promise.due_at if was_broken or promise.ended_at is None else promise.ended_at
    return Moment(at, What.PROMISE, standing=standing)
