"""What a page of one appeal shows, whoever reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.appeals import chain, queries
from portal.appeals.models import Appeal, Message
from portal.appeals.outages.queries import Joined
from portal.appeals.states import Channel, State
from portal.appeals.timekeeping.models import AppealCredit
from portal.appeals.timekeeping.queries import credits_of
from portal.appeals.timeline import Moment, timeline
from portal.core import clock
from portal.promises import queries as promise_queries
from portal.promises.obligation import Outcome
from portal.promises.standing import Standing, standings


@dataclass(frozen=True)
class Shown:
    """An appeal with its conversation and its promises at `now`.

    `joined`: the outage of a fault; `earlier`: what it follows.
    """

    appeal: Appeal
    messages: Sequence[Message]
    promises: list[Standing]
    moments: list[Moment]
    credits: Sequence[AppealCredit]
    now: datetime
    joined: Joined | None = None
    earlier: Appeal | None = None

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


def shown(appeal: Appeal, joined: Joined | None = None) -> Shown:
    """Return what the page of an appeal shows. Three statements; four if it follows another one."""
    now = clock.now()
    messages = queries.conversation(appeal)
    case = promise_queries.case_of(queries.SUBJECT, appeal.id)
    standing = standings(case.promises, now)
    moments, given_back = timeline(messages, standing), _credits(appeal, standing)
    earlier = queries.followed_by(appeal)
    return Shown(appeal, messages, standing, moments, given_back, now, joined, earlier)


def _credits(appeal: Appeal, promises: Sequence[Standing]) -> Sequence[AppealCredit]:
    """Return what was given back; where nothing is broken nobody looks."""
    is_any_broken = any(standing.outcome is Outcome.BROKEN for standing in promises)
    return credits_of(appeal) if is_any_broken and appeal.account_id else ()
