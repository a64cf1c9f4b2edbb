"""“Does it work again?”: the customer says yes or no, or is reminded once."""

from datetime import timedelta

from portal.accounts.models import User
from portal.appeals.actions import close_as_working, reply
from portal.appeals.models import Appeal, Contact
from portal.appeals.outages import queries, words
from portal.appeals.outages.models import Answer, OutageLink
from portal.appeals.outages.notices import ask_whether_it_works, tell_still_broken
from portal.appeals.states import State
from portal.core import audit, clock
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l

REMIND_AFTER = timedelta(days=3)


def say_it_works(appeal: Appeal, *, by: User | None) -> None:
    """Close a locked appeal, as everything works again; a second yes changes nothing.

    Records `appeals.appeal_closed`. Raises RuleError if nobody asked, or if the appeal is over.
    """
    link = _asked(appeal)
    if link.answer == Answer.YES and appeal.state == State.CLOSED:
        return
    close_as_working(appeal, by=by)
    link.answer, link.answered_at = Answer.YES, clock.now()


def say_still_broken(appeal: Appeal, *, by: User | None) -> None:
    """Open a locked appeal again, with new promises, as it still does not work.

    Tells the specialist who has it, else who said that it is repaired. A second no changes
    nothing. Records `appeals.message_added`. Raises RuleError if nobody asked, or if it is over.
    """
    link = _asked(appeal)
    if link.answer == Answer.NO and appeal.is_open:
        return
    contact = session.get_one(Contact, appeal.contact_id)
    reply(appeal, body=words.still_broken_text(contact.language), by=by)
    link.answer, link.answered_at = Answer.NO, clock.now()
    tell_still_broken(appeal, appeal.assignee_id or queries.restorer_of(link))


def remind_of_question(*, most: int) -> int:
    """Ask once more who has not answered for 3 days; return how many, `most` at a time."""
    now = clock.now()
    waiting = queries.to_remind(now - REMIND_AFTER, most=most)
    for link, appeal in waiting:
        link.reminded_at = now
        ask_whether_it_works(appeal)
        audit.record("outages.customer_reminded", subject=appeal)
    return len(waiting)


def _asked(appeal: Appeal) -> OutageLink:
    link = queries.link_of(appeal)
    if link is None or link.asked_at is None:
        raise RuleError(_l("Nobody has asked this yet."))
    return link
