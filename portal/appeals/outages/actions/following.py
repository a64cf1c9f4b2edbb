"""A fault joins an outage: followed by its customer, or linked by a specialist."""

from dataclasses import dataclass

from sqlalchemy import select

from portal.accounts.models import Account, User
from portal.appeals import letters
from portal.appeals.actions import Filed, Writer, file_appeal
from portal.appeals.actions.saying import Speaker, say, subject_of
from portal.appeals.models import Appeal, Contact, Draft
from portal.appeals.outages import queries, words
from portal.appeals.outages.models import Outage, OutageLink
from portal.appeals.states import AppealKind, Author, MessageKind, State
from portal.core import audit, clock
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l, in_language, reading_as
from portal.promises import actions as promises
from portal.promises import queries as promise_queries
from portal.promises.fold import Happening
from portal.promises.policy import Kind


@dataclass(frozen=True)
class Wish:
    """What somebody typed before he chose to follow; nothing is needed."""

    subject: str = ""
    body: str = ""
    draft: Draft | None = None


def follow(writer: Writer, outage: Outage, wish: Wish, *, appeal: Appeal | None = None) -> Appeal:
    """Follow an outage that is held (see `locked_outage`) by an appeal of the writer's contract.

    By `appeal`, an open fault of his, if it is given; by the one that follows it already; else by
    a new one. Its repair is due when the outage is promised to end, if that is still to come.
    Records `outages.outage_followed`. Raises RuleError if the outage is over or has not begun, or
    if `appeal` is no open fault.
    """
    if writer.account is None:
        raise TypeError("a contract follows here")
    _check_running(outage)
    _one_at_a_time(writer.account)
    if known := queries.own_link(writer.account.id, outage.id):
        return known.appeal
    if appeal is None:
        return _file(writer, outage, wish).appeal
    _join(appeal, outage, by=None)
    _promise(appeal, outage, writer.language)
    audit.record("outages.outage_followed", subject=appeal, actor=writer.user, outage=outage.id)
    return appeal


def follow_publicly(writer: Writer, outage: Outage, wish: Wish) -> Filed:
    """Follow an outage that is held by a new appeal of somebody without an account."""
    _check_running(outage)
    return _file(writer, outage, wish)


def link_appeal(appeal: Appeal, outage: Outage, *, by: User) -> None:
    """Link a locked open fault with an outage that is held; the customer is told its time.

    That is an interim answer of the specialist. Linked with another outage before, it leaves that
    one. Again with the same: nothing. Records `outages.appeal_linked`. Raises RuleError if the
    outage is over, has not begun or is late, or if the appeal is no open fault.
    """
    _check_running(outage)
    if outage.is_late(clock.now()):
        raise RuleError(_l("The promised time has passed. Promise a new one first."))
    if not _join(appeal, outage, by=by):
        return
    contact = session.get_one(Contact, appeal.contact_id)
    message = say(
        appeal,
        words.linked_text(outage, contact.language),
        Speaker(Author.SPECIALIST, by),
        kind=MessageKind.INTERIM,
        promised_at=outage.promised_at,
    )
    if appeal.state != State.IN_PROGRESS:
        appeal.become(State.IN_PROGRESS, now=clock.now())
    promises.record(
        subject_of(appeal),
        Happening.INTERIM_SENT,
        promised_at=outage.promised_at.isoformat(),
        reason=_cause(outage, contact.language),
        of_outage=True,
    )
    letters.tell_of_answer(appeal, message)
    audit.record("outages.appeal_linked", subject=appeal, actor=by, outage=outage.id)


def _check_running(outage: Outage) -> None:
    if outage.is_over:
        raise RuleError(_l("This outage is over. If it does not work, tell us of the fault."))
    if not outage.runs(clock.now()):
        raise RuleError(_l("These works have not begun yet."))


def _one_at_a_time(account: Account) -> None:
    """Let two presses of one contract wait for each other: the second finds the first's appeal."""
    session.execute(select(Account.id).where(Account.id == account.id).with_for_update())


def _file(writer: Writer, outage: Outage, wish: Wish) -> Filed:
    subject, body = words.followed_text(outage, writer.language)
    with session.begin_nested():  # What is refused leaves nothing half done.
        filed = file_appeal(
            writer,
            kind=AppealKind.FAULT,
            subject=wish.subject.strip() or subject,
            body=wish.body.strip() or body,
            draft=wish.draft,
        )
    _join(filed.appeal, outage, by=None)
    _promise(filed.appeal, outage, writer.language, is_new=True)
    audit.record(
        "outages.outage_followed", subject=filed.appeal, actor=writer.user, outage=outage.id
    )
    return filed


def _join(appeal: Appeal, outage: Outage, *, by: User | None) -> bool:
    """Write the link, new or in place of one with another outage; return whether it changed."""
    if appeal.kind != AppealKind.FAULT or not appeal.is_open:
        raise RuleError(_l("Only a fault that is open can belong to an outage."))
    link = queries.link_of(appeal)
    if link is None:
        link = OutageLink(
            appeal_id=appeal.id,
            account_id=appeal.account_id,
            user_id=appeal.user_id,
            secret_hash=appeal.secret_hash,
        )
        session.add(link)
    elif link.outage_id == outage.id:
        return False
    link.outage_id, link.linked_at = outage.id, clock.now()
    link.linked_by_id = by.id if by else None
    link.asked_at = link.reminded_at = link.answer = link.answered_at = None
    return True


def _promise(appeal: Appeal, outage: Outage, language: str, *, is_new: bool = False) -> None:
    """Let the repair be due when the outage is promised to end; a time that has passed is none.

    Of a new appeal that is no move: nothing else was ever promised.
    """
    if outage.is_late(clock.now()):
        return
    subject = subject_of(appeal)
    running = promise_queries.case_of(subject.kind, subject.id).running(Kind.REPAIR)
    promises.record(
        subject,
        Happening.OUTAGE_JOINED,
        running[0].started_at if running and is_new else None,
        promised_at=outage.promised_at.isoformat(),
        reason=_cause(outage, language),
    )


def _cause(outage: Outage, language: str) -> str:
    with reading_as(language):
        return in_language(outage.cause)
