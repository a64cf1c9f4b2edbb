"""What the customer does with his appeal after it is filed."""

from portal.accounts.models import User
from portal.appeals.actions.saying import Speaker, say, subject_of
from portal.appeals.models import Appeal, Draft, Message
from portal.appeals.states import Author, State
from portal.core import audit, clock
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.promises import actions as promises
from portal.promises.fold import Happening


def reply(appeal: Appeal, *, body: str, by: User | None, draft: Draft | None = None) -> Message:
    """Add the customer's message to a locked appeal, with the draft's files.

    It ends a pause and asks for the next answer; within 10 days of the final answer it reopens the
    appeal, with new promises. Records `appeals.message_added`.
    Raises RuleError if the appeal is over, or the text empty or too long.
    """
    now = clock.now()
    if appeal.is_over(now):
        raise RuleError(
            _l("This appeal is over, so nothing can be added. Write a new one: it will be linked."),
            field="body",
        )
    message = say(appeal, body, Speaker(Author.CUSTOMER, by), draft=draft)
    if appeal.state == State.ANSWERED:
        appeal.become(State.REOPENED, now=now)
        promises.record(subject_of(appeal), Happening.REOPENED)
    else:
        if appeal.state == State.WAITING_CUSTOMER:
            appeal.become(State.IN_PROGRESS, now=now)
        promises.record(subject_of(appeal), Happening.CUSTOMER_WROTE)
    audit.record("appeals.message_added", subject=appeal, actor=by, position=message.position)
    return message


def close_as_working(appeal: Appeal, *, by: User | None) -> None:
    """Close a locked appeal because the customer says that it is settled.

    That keeps (or breaks) what still runs. Records `appeals.appeal_closed`.
    Raises RuleError if the appeal is over.
    """
    if appeal.state != State.ANSWERED:
        promises.record(subject_of(appeal), Happening.SETTLED)
    appeal.become(State.CLOSED, now=clock.now())
    audit.record("appeals.appeal_closed", subject=appeal, actor=by)


def withdraw(appeal: Appeal, *, by: User | None) -> None:
    """Take a locked appeal back; what is promised and not broken ends.

    Records `appeals.appeal_withdrawn`. Raises RuleError if it is answered or over.
    """
    appeal.become(State.WITHDRAWN, now=clock.now())
    promises.record(subject_of(appeal), Happening.WITHDRAWN)
    audit.record("appeals.appeal_withdrawn", subject=appeal, actor=by)
