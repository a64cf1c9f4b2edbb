"""What a page of one appeal shows, whoever reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.appeals import chain, queries
from portal.appeals.margin import Margin
from portal.appeals.models import Appeal, Message
from portal.appeals.outages.queries import Joined
from portal.appeals.states import Channel, State
from portal.appeals.timeline import Moment, timeline
from portal.core import clock
from portal.promises import queries as promise_queries
from portal.promises.standing import Standing, standings


@dataclass(frozen=True)
class Shown:
    """An appeal with its conversation and its promises at `now`.

    `joined`: the outage of a fault.
    """

    appeal: Appeal
    messages: Sequence[Message]
    promises: list[Standing]
    moments: list[Moment]
    margin: Margin
    now: datetime
    joined: Joined | None = None

    @property
    def main(self) -> Standing | None:
        """Return the promise that is due first among those that run."""
        return next((s for s in self.promises if s.promise.is_open), None)

    @property
    def running(self) -> list[Standing]:
        return [s for s in self.promises if s.promise.is_open]

    @property
    def head(self) -> str:
        return chain.short(self.appeal.head)

    @property
    def asks_for_rating(self) -> bool:
        """Tell whether a final answer waits for its rating."""
        return self.appeal.answered_at is not None and self.appeal.rating is None

    @property
    def is_over(self) -> bool:
        return self.appeal.is_over(self.now)

    @property
    def may_close(self) -> bool:
        return self.appeal.may_become(State.CLOSED) and not self.is_over

    @property
    def is_chat(self) -> bool:
        return self.appeal.channel == Channel.CHAT

    @property
    def may_withdraw(self) -> bool:
        return self.appeal.is_open


def shown(appeal: Appeal, joined: Joined | None, margin: Margin) -> Shown:
    """Return what the page of an appeal shows. Three statements."""
    now = clock.now()
    messages = queries.conversation(appeal)
    case = promise_queries.case_of(queries.SUBJECT, appeal.id)
    standing = standings(case.promises, now)
    return Shown(appeal, messages, standing, timeline(messages, standing), margin, now, joined)
