"""Something is written at the desk: one door to every kind of it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from portal.accounts.models import User
from portal.appeals import actions as appeals
from portal.appeals.actions.saying import public_name
from portal.appeals.models import Appeal, Contact
from portal.appeals.queries import SUBJECT
from portal.core.errors import RuleError
from portal.core.text import _l, deadline, reading_as
from portal.promises import queries as promises
from portal.promises.fold import CLOSINGS, Case
from portal.staff.speech import Speech, Written


def speak(appeal: Appeal, written: Written, *, by: User) -> None:
    """Send or keep what was written in a locked appeal. Raises RuleError as its action does."""
    _ACTS[written.kind](appeal, written, by)


def field_values(
    appeal: Appeal,
    contact: Contact,
    *,
    by: User,
    promised_at: datetime | None = None,
    case: Case | None = None,
) -> Mapping[str, str]:
    """Return what the fields of a text say in this appeal, in its contact's language.

    `due` is `promised_at`, or else when the final answer (or the repair) is due now; empty when
    nothing of that is promised. One statement, unless the `case` is known.
    """
    case = case or promises.case_of(SUBJECT, appeal.id)
    due = promised_at or min((p.due_at for p in case.running(*CLOSINGS)), default=None)
    with reading_as(contact.language):
        due_in_words = deadline(due) if due else ""
    return {
        "name": contact.name,
        "number": appeal.number,
        "topic": appeal.subject,
        "due": due_in_words,
        "specialist": public_name(by),
    }


def _message(appeal: Appeal, written: Written, by: User) -> None:
    appeals.answer(appeal, body=written.body, by=by, draft=written.draft)


def _question(appeal: Appeal, written: Written, by: User) -> None:
    appeals.answer(appeal, body=written.body, by=by, asks=True, draft=written.draft)


def _interim(appeal: Appeal, written: Written, by: User) -> None:
    appeals.send_interim(
        appeal,
        body=written.body,
        promised_at=written.promised_at,
        reason=written.reason,
        by=by,
        draft=written.draft,
    )


def _final(appeal: Appeal, written: Written, by: User) -> None:
    appeals.send_final(appeal, body=written.body, by=by, draft=written.draft)


def _note(appeal: Appeal, written: Written, by: User) -> None:
    if written.draft:
        raise RuleError(_l("A note takes no files: send them with an answer."), field="files")
    appeals.add_note(appeal, body=written.body, by=by)


_ACTS: dict[Speech, Callable[[Appeal, Written, User], None]] = {
    Speech.MESSAGE: _message,
    Speech.QUESTION: _question,
    Speech.INTERIM: _interim,
    Speech.FINAL: _final,
    Speech.NOTE: _note,
}
