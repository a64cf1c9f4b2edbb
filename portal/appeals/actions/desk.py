"""What moves an appeal between people: to a colleague, to another addressee, beside its likes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update

from portal.accounts.models import StaffRole, User
from portal.appeals.actions.saying import Speaker, say, subject_of
from portal.appeals.actions.specialist import add_note
from portal.appeals.letters import tell_of_answer
from portal.appeals.models import Appeal
from portal.appeals.states import Author, Rejection, State
from portal.core import audit, clock
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.notify.actions import notify
from portal.promises import actions as promises
from portal.promises import queries as promise_queries
from portal.promises.fold import Happening
from portal.promises.policy import Kind

WORKS_AT_DESK = (StaffRole.SPECIALIST, StaffRole.SUPERVISOR)


def transfer(appeal: Appeal, *, to: User, note: str, by: User) -> None:
    """Hand a locked appeal that nobody or `by` has to a colleague, with a note if there is one.

    Tells the colleague, records `appeals.appeal_transferred`. Raises RuleError (field `to_id`) for
    somebody who does not work at the desk or has it already, and if a colleague has the appeal.
    """
    if appeal.assignee_id not in (None, by.id):
        raise RuleError(
            _l("A colleague has this appeal. A supervisor can give it to somebody else."),
            field="to_id",
        )
    assign(appeal, to=to, note=note, by=by)


def assign(appeal: Appeal, *, to: User, note: str = "", by: User) -> None:
    """Give a locked appeal to whoever is named, whoever has it now: a supervisor's act.

    Tells him, records `appeals.appeal_transferred`. Raises RuleError (field `to_id`) for somebody
    who does not work at the desk or has it already, and if the appeal is over.
    """
    _check_assignable(appeal, to)
    appeal.assignee_id = to.id
    if appeal.state == State.REGISTERED:
        appeal.become(State.IN_PROGRESS, now=clock.now())
    if note.strip():
        add_note(appeal, body=note, by=by)
    audit.record("appeals.appeal_transferred", subject=appeal, actor=by, to=to.id)
    if to.id != by.id:
        notify(
            to,
            "appeals.transferred",
            link=f"/staff/appeals/{appeal.id}",
            number=appeal.number,
            topic=appeal.subject,
            name=by.name,
        )


def note_wrong_addressee(appeal: Appeal, *, by: User) -> None:
    """Say that a locked appeal is not for us: the promise to forward it runs from registration.

    Records `appeals.addressee_wrong`. Raises RuleError if it is over or that was said already.
    Source: appeals-and-sla.md, "Promises", `forward`.
    """
    _check_open(appeal)
    if promise_queries.case_of(subject_of(appeal).kind, appeal.id).running(Kind.FORWARD):
        raise RuleError(_l("This is noted already: the promise to forward it runs."))
    promises.record(subject_of(appeal), Happening.ADDRESSEE_WRONG)
    audit.record("appeals.addressee_wrong", subject=appeal, actor=by)


def reject_as_forwarded(appeal: Appeal, *, reason: str, by: User) -> None:
    """End a locked appeal because it was forwarded; `reason` names the addressee.

    The customer reads the reason as a message, and is told. Keeps (or breaks) the promise to
    forward. Records `appeals.appeal_rejected`. Raises RuleError (field `reason`) without a reason,
    and if the appeal is answered or over.
    """
    _check_open(appeal)
    _say_why(appeal, reason, by, is_told=True)
    if not promise_queries.case_of(subject_of(appeal).kind, appeal.id).running(Kind.FORWARD):
        promises.record(subject_of(appeal), Happening.ADDRESSEE_WRONG)
    promises.record(subject_of(appeal), Happening.FORWARDED)
    _reject(appeal, Rejection.FORWARDED, by)


def reject_as_spam(appeal: Appeal, *, reason: str, by: User) -> None:
    """End a locked appeal because it is spam; the reason stands in it, and no letter leaves.

    Records `appeals.appeal_rejected`. Raises RuleError (field `reason`) without a reason, and if
    the appeal is answered or over.
    """
    _check_open(appeal)
    _say_why(appeal, reason, by, is_told=False)
    _reject(appeal, Rejection.SPAM, by)


def link_duplicate(appeal: Appeal, first: Appeal, *, by: User) -> None:
    """Link an appeal with another about the same thing; both rows are locked.

    Nothing is merged: each keeps its number, promises and rating. What was linked with the one is
    linked with the other. Records `appeals.duplicate_linked`. Raises RuleError (field `number`) for
    the appeal itself and for one that is linked with it.
    """
    root = first.duplicate_of_id or first.id
    if appeal.id == first.id:
        raise RuleError(_l("This is the number of this appeal itself."), field="number")
    if root in (appeal.id, appeal.duplicate_of_id):
        raise RuleError(_l("These two are linked already."), field="number")
    old = appeal.duplicate_of_id or appeal.id
    session.flush()  # The rows that follow the old first one are moved by one statement.
    session.execute(
        update(Appeal)
        .where((Appeal.duplicate_of_id == old) | (Appeal.id == old))
        .values(duplicate_of_id=root, version=Appeal.version + 1)
        .execution_options(synchronize_session="fetch")
    )
    audit.record("appeals.duplicate_linked", subject=appeal, actor=by, first=first.number)


def unlink_duplicate(appeal: Appeal, *, by: User) -> None:
    """Take a locked appeal out of those that it is linked with; the others stay together.

    Records `appeals.duplicate_unlinked`. Raises RuleError if it is linked with none.
    """
    others = _followers(appeal.id)
    if appeal.duplicate_of_id is None and not others:
        raise RuleError(_l("This appeal is linked with no other."))
    if others:
        heir, *rest = others
        _move(heir, None)
        for follower in rest:
            _move(follower, heir)
    appeal.duplicate_of_id = None
    audit.record("appeals.duplicate_unlinked", subject=appeal, actor=by)


def _check_assignable(appeal: Appeal, to: User) -> None:
    if appeal.is_over(clock.now()):
        raise RuleError(_l("This appeal is over: nobody has to work on it."))
    if to.staff_role not in WORKS_AT_DESK or to.disabled_at:
        raise RuleError(_l("Choose somebody who works at the desk."), field="to_id")
    if appeal.assignee_id == to.id:
        raise RuleError(_l("%(name)s has this appeal already."), field="to_id", name=to.name)


def _followers(appeal_id: UUID) -> Sequence[UUID]:
    query = select(Appeal.id).where(Appeal.duplicate_of_id == appeal_id)
    return session.scalars(query.order_by(Appeal.id).with_for_update()).all()


def _move(appeal_id: UUID, first_id: UUID | None) -> None:
    session.execute(
        update(Appeal)
        .where(Appeal.id == appeal_id)
        .values(duplicate_of_id=first_id, version=Appeal.version + 1)
        .execution_options(synchronize_session="fetch")
    )


def _check_open(appeal: Appeal) -> None:
    if not appeal.is_open:
        raise RuleError(_l("This appeal is answered or over: nothing can be sent."))


def _say_why(appeal: Appeal, reason: str, by: User, *, is_told: bool) -> None:
    if not reason.strip():
        raise RuleError(_l("Write the reason; the customer reads it."), field="reason")
    message = say(appeal, reason, Speaker(Author.SPECIALIST, by))
    promises.record(subject_of(appeal), Happening.ANSWERED)
    if is_told:
        tell_of_answer(appeal, message)


def _reject(appeal: Appeal, why: Rejection, by: User) -> None:
    appeal.become(State.REJECTED, now=clock.now())
    appeal.rejected_as = why
    promises.record(subject_of(appeal), Happening.REJECTED)
    audit.record("appeals.appeal_rejected", subject=appeal, actor=by, rejected_as=why.value)
