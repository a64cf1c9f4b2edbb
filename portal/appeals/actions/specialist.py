"""What specialists do with an appeal."""

from datetime import datetime

from portal.accounts.models import User
from portal.appeals import letters
from portal.appeals.actions.asking import ask_for_rating
from portal.appeals.actions.saying import Speaker, say, subject_of
from portal.appeals.models import LONGEST_BODY, Appeal, AppealNote, Draft, Message
from portal.appeals.queries import SUBJECT
from portal.appeals.states import AppealKind, Author, MessageKind, State
from portal.core import audit, clock
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l, deadline
from portal.promises import actions as promises
from portal.promises import queries as promise_queries
from portal.promises.fold import Case, Happening
from portal.promises.naming import longest_promise, told_date
from portal.promises.policy import Kind, Rule


def claim(appeal: Appeal, *, by: User) -> None:
    """Take a locked appeal. Records `appeals.appeal_claimed`; again by the same: nothing.

    Raises RuleError if somebody else has it: of two at once one wins, the other is told.
    """
    if appeal.assignee_id == by.id:
        return
    if appeal.assignee_id is not None:
        raise RuleError(_l("A colleague has taken this appeal just before you."))
    appeal.assignee_id = by.id
    if appeal.state == State.REGISTERED:
        appeal.become(State.IN_PROGRESS, now=clock.now())
    audit.record("appeals.appeal_claimed", subject=appeal, actor=by)


def release(appeal: Appeal, *, by: User) -> None:
    """Put a locked appeal back to those that nobody has. Records `appeals.appeal_released`."""
    if appeal.assignee_id != by.id:
        raise RuleError(_l("You do not have this appeal."))
    appeal.assignee_id = None
    audit.record("appeals.appeal_released", subject=appeal, actor=by)


def answer(
    appeal: Appeal, *, body: str, by: User, asks: bool = False, draft: Draft | None = None
) -> Message:
    """Write to the customer; `asks`: the answer is a question, and the appeal waits for him.

    The draft’s files go with it.

    Notifies him, records `appeals.message_added`.
    Raises RuleError if the appeal is over, or the text empty or too long.
    """
    _take_up(appeal, by)
    kind = MessageKind.QUESTION if asks else MessageKind.MESSAGE
    message = say(appeal, body, Speaker(Author.SPECIALIST, by), kind=kind, draft=draft)
    _go(appeal, State.WAITING_CUSTOMER if asks else State.IN_PROGRESS)
    promises.record(subject_of(appeal), Happening.ASKED if asks else Happening.ANSWERED)
    _tell(appeal, message, by)
    return message


def send_interim(
    appeal: Appeal,
    *,
    body: str,
    promised_at: datetime | None,
    reason: str,
    by: User,
    draft: Draft | None = None,
) -> Message:
    """Tell the customer by when he has the final answer, with the draft’s files.

    Raises RuleError (field `promised_at`) without a date, for one that is past or later than the
    policy allows; (field `reason`) for a later date than was told last without a reason.
    Source: appeals-and-sla.md, rule 4.
    """
    _take_up(appeal, by)
    case = promise_queries.case_of(SUBJECT, appeal.id)
    until = _checked_date(case, promised_at, reason)
    message = say(
        appeal,
        body,
        Speaker(Author.SPECIALIST, by),
        kind=MessageKind.INTERIM,
        promised_at=until,
        draft=draft,
    )
    _go(appeal, State.IN_PROGRESS)
    promises.record(
        subject_of(appeal), Happening.INTERIM_SENT, promised_at=until.isoformat(), reason=reason
    )
    _tell(appeal, message, by)
    return message


def send_final(appeal: Appeal, *, body: str, by: User, draft: Draft | None = None) -> Message:
    """Give the final answer of this cycle; the customer may rate it, or reopen within 10 days.

    The draft’s files go with it.

    Publishes AppealAnswered. Raises RuleError if the appeal is over, or the text empty or long.
    """
    _take_up(appeal, by)
    message = say(appeal, body, Speaker(Author.SPECIALIST, by), kind=MessageKind.FINAL, draft=draft)
    appeal.become(State.ANSWERED, now=clock.now())
    promises.record(subject_of(appeal), Happening.FINAL_SENT)
    _tell(appeal, message, by)
    ask_for_rating(appeal, message, by)
    return message


def open_investigation(appeal: Appeal, *, reason: str, by: User) -> None:
    """Say that the answer needs an investigation: its longer promise replaces the simple one.

    Records `appeals.investigation_opened`. Raises RuleError without a reason, or if one runs.
    """
    _check_open(appeal)
    if not reason.strip():
        raise RuleError(_l("Write why it is needed."), field="reason")
    if promise_queries.case_of(SUBJECT, appeal.id).is_investigated:
        raise RuleError(_l("An investigation runs already."), field="reason")
    promises.record(subject_of(appeal), Happening.INVESTIGATION_OPENED, reason=reason)
    audit.record("appeals.investigation_opened", subject=appeal, actor=by)


def extend_investigation(appeal: Appeal, *, reason: str, by: User) -> None:
    """Let a running investigation take until 30 days after registration, once, with a reason.

    Records `appeals.investigation_extended`. Raises RuleError without a reason, without a running
    investigation, when its time is over, and for a second time.
    Source: appeals-and-sla.md, "Promises", `final` investigation.
    """
    _check_open(appeal)
    case = promise_queries.case_of(SUBJECT, appeal.id)
    running = [p for p in case.running(Kind.FINAL) if p.rule is Rule.FINAL_INVESTIGATION]
    if not running or running[0].due_at < clock.now():
        raise RuleError(_l("Only an investigation that is still in time can be extended."))
    if running[0].is_extended:
        raise RuleError(_l("This investigation has been extended once already."), field="reason")
    if not reason.strip():
        raise RuleError(_l("Write why it is needed."), field="reason")
    promises.record(subject_of(appeal), Happening.EXTENDED, reason=reason)
    audit.record("appeals.investigation_extended", subject=appeal, actor=by)


def recognise_claim(appeal: Appeal, *, by: User) -> None:
    """Say that a complaint is a consumer's claim: it has a promise of its own.

    Records `appeals.claim_recognised`. Raises RuleError for other kinds, and if one runs.
    Source: appeals-and-sla.md, "Promises", `claim`.
    """
    _check_open(appeal)
    if appeal.kind != AppealKind.COMPLAINT:
        raise RuleError(_l("Only a complaint can be a consumer’s claim."))
    if promise_queries.case_of(SUBJECT, appeal.id).running(Kind.CLAIM):
        raise RuleError(_l("This complaint is a claim already."))
    promises.record(subject_of(appeal), Happening.CLAIM_RECOGNISED)
    audit.record("appeals.claim_recognised", subject=appeal, actor=by)


def add_note(appeal: Appeal, *, body: str, by: User) -> AppealNote:
    """Leave a note for colleagues. It answers nothing, and the customer never sees it.

    Records `appeals.note_added`. Raises RuleError if the text is empty or too long.
    """
    if not body.strip() or len(body) > LONGEST_BODY:
        raise RuleError(
            _l("Write a note of 1 to %(most)s characters."), field="body", most=LONGEST_BODY
        )
    note = AppealNote(appeal_id=appeal.id, author_id=by.id, body=body, at=clock.now())
    session.add(note)
    audit.record("appeals.note_added", subject=appeal, actor=by)
    return note


def _check_open(appeal: Appeal) -> None:
    if not appeal.is_open:
        raise RuleError(_l("This appeal is answered or over: nothing can be sent."))


def _take_up(appeal: Appeal, by: User) -> None:
    """Let an appeal that nobody has belong to who answers it. Raises RuleError if it is over."""
    _check_open(appeal)
    if appeal.assignee_id is None:
        appeal.assignee_id = by.id


def _go(appeal: Appeal, state: State) -> None:
    if appeal.state != state:
        appeal.become(state, now=clock.now())


def _checked_date(case: Case, promised_at: datetime | None, reason: str) -> datetime:
    now = clock.now()
    if promised_at is None:
        raise RuleError(
            _l("Name the day and time by which the final answer comes."), field="promised_at"
        )
    if promised_at <= now:
        raise RuleError(_l("This time has passed. Name a later one."), field="promised_at")
    latest = longest_promise(case, now)
    if latest and promised_at > latest:
        raise RuleError(
            _l("%(latest)s is the latest for this appeal. A later date needs an investigation."),
            field="promised_at",
            latest=deadline(latest),
        )
    told = told_date(case, now)
    if told and promised_at > told and not reason.strip():
        raise RuleError(
            _l("This is later than promised before. Write the reason; the customer reads it."),
            field="reason",
        )
    return promised_at


def _tell(appeal: Appeal, message: Message, by: User) -> None:
    audit.record("appeals.message_added", subject=appeal, actor=by, position=message.position)
    letters.tell_of_answer(appeal, message)
