"""What was broadcast comes to each who follows, once, in batches."""

from uuid import UUID

from portal.appeals import letters
from portal.appeals.actions.asking import ask_for_rating
from portal.appeals.actions.saying import Speaker, say, subject_of
from portal.appeals.models import Appeal, Message
from portal.appeals.outages import queries
from portal.appeals.outages.models import OutageBroadcast, OutageDelivery, OutageLink, Word
from portal.appeals.outages.notices import ask_whether_it_works
from portal.appeals.states import Author, MessageKind, State
from portal.core import clock
from portal.core.db import session, transaction
from portal.promises import actions as promises
from portal.promises.fold import Happening

AT_ONCE = 50
_FRESH = (State.REGISTERED, State.REOPENED)


def tell_followers(outage_id: UUID) -> None:
    """Bring all words of an outage to all who follow it, oldest first; again does no harm."""
    while tell_next(outage_id):
        pass


def tell_next(outage_id: UUID, *, most: int = AT_ONCE) -> bool:
    """Bring the oldest unfinished word to `most` more appeals, as one transaction.

    Returns whether there was something to do. A killed worker's batch was never there.
    """
    with transaction(staff=True):
        broadcast = queries.undone_of(outage_id)
        if broadcast is None:
            return False
        waiting = queries.untold(broadcast, most=most)
        for link, appeal in waiting:
            _tell(broadcast, link, appeal)
        broadcast.told += len(waiting)
        if len(waiting) < most:
            broadcast.done_at = clock.now()
        return True


def _tell(broadcast: OutageBroadcast, link: OutageLink, appeal: Appeal) -> None:
    session.add(OutageDelivery(broadcast_id=broadcast.id, appeal_id=appeal.id))
    if broadcast.word == Word.RESTORED:
        _ask(broadcast, link, appeal)
    elif broadcast.promised_at:
        _name_time(broadcast, appeal)
    else:
        message = _say(broadcast, appeal, MessageKind.MESSAGE)
        promises.record(subject_of(appeal), Happening.ANSWERED)
        letters.tell_of_answer(appeal, message)


def _name_time(broadcast: OutageBroadcast, appeal: Appeal) -> None:
    """Tell by when it works: an interim answer, which moves the repair's promise to that time."""
    message = _say(broadcast, appeal, MessageKind.INTERIM)
    promises.record(
        subject_of(appeal),
        Happening.INTERIM_SENT,
        promised_at=message.promised_at.isoformat() if message.promised_at else "",
        reason=broadcast.reason.get(appeal.contact.language, ""),
        of_outage=True,
    )
    letters.tell_of_answer(appeal, message)


def _ask(broadcast: OutageBroadcast, link: OutageLink, appeal: Appeal) -> None:
    """Say that it is repaired, since the specialist said so, and ask whether it works."""
    message = _say(broadcast, appeal, MessageKind.FINAL)
    subject, now = subject_of(appeal), clock.now()
    promises.record(subject, Happening.REPAIRED, broadcast.at)
    appeal.become(State.ANSWERED, now=now)
    promises.record(subject, Happening.FINAL_SENT)
    link.asked_at, link.answer, link.answered_at, link.reminded_at = now, None, None, None
    ask_whether_it_works(appeal)
    ask_for_rating(appeal, message, broadcast.author)


def _say(broadcast: OutageBroadcast, appeal: Appeal, kind: MessageKind) -> Message:
    if appeal.state in _FRESH:
        appeal.become(State.IN_PROGRESS, now=clock.now())
    return say(
        appeal,
        broadcast.texts[appeal.contact.language],
        Speaker(Author.SPECIALIST, broadcast.author),
        kind=kind,
        promised_at=broadcast.promised_at if kind is MessageKind.INTERIM else None,
    )
