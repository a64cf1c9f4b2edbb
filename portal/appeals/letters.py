"""Receipts and answers leave the portal: to the inbox of a user, or to a bare e-mail address."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app

from portal.accounts.queries import holders_of
from portal.appeals import chain
from portal.appeals.models import Appeal, Contact, Message
from portal.appeals.states import MessageKind
from portal.core import mail
from portal.core.db import session
from portal.core.text import LANGUAGES, Marked, _l, deadline, reading_as
from portal.notify.actions import notify
from portal.promises.fold import Case

_KIND_OF = {
    MessageKind.MESSAGE: "appeals.answered",
    MessageKind.QUESTION: "appeals.asked",
    MessageKind.INTERIM: "appeals.interim_sent",
    MessageKind.FINAL: "appeals.final_sent",
}
_SUBJECT_OF = {
    MessageKind.MESSAGE: _l("An answer to your appeal %(number)s"),
    MessageKind.QUESTION: _l("A question about your appeal %(number)s"),
    MessageKind.INTERIM: _l("Your appeal %(number)s: the final answer comes by %(promised)s"),
    MessageKind.FINAL: _l("The final answer to your appeal %(number)s"),
}


def send_receipt(appeal: Appeal, contact: Contact, case: Case, *, secret: str | None) -> None:
    """Tell who filed an appeal its number, the first due time and the head hash."""
    due = min((p.due_at for p in case.promises if p.is_open), default=appeal.received_at)
    facts = _facts(appeal)
    if readers := _readers(appeal, contact):
        _notify(appeal, readers, "appeals.registered", facts | {"due": _deadline(due)})
    elif secret:
        _mail(
            contact,
            subject=_l("Your appeal %(number)s is registered"),
            lines=(
                _l("“%(topic)s”. We answer by %(due)s."),
                _l("Receipt: %(head)s."),
                _l(
                    "The link below is the only way to your appeal: keep this message, and give it"
                    " to nobody."
                ),
            ),
            url=_base() + f"/appeals/track/{secret}",
            values=facts | {"due": _deadline(due)},
        )


def tell_of_answer(appeal: Appeal, message: Message) -> None:
    """Tell the customer that a specialist has written; the text itself stays in the portal."""
    contact = session.get_one(Contact, appeal.contact_id)
    kind = MessageKind(message.kind)
    facts = _facts(appeal) | {"name": message.signature}
    if message.promised_at:
        facts["promised"] = _deadline(message.promised_at)
    if readers := _readers(appeal, contact):
        _notify(appeal, readers, _KIND_OF[kind], facts)
    else:
        _mail(
            contact,
            subject=_SUBJECT_OF[kind],
            lines=(
                _l("“%(topic)s”: %(name)s has written."),
                _l("Open it by the link in your receipt, or by number and key at %(place)s."),
                _l("Receipt: %(head)s."),
            ),
            url=_base() + "/appeals/track",
            values=facts | {"place": _base() + "/appeals/track"},
        )


def tell_of_end_of_wait(appeal: Appeal) -> None:
    """Tell the customer that his answer is no longer waited for, and the promise runs again."""
    contact = session.get_one(Contact, appeal.contact_id)
    if readers := _readers(appeal, contact):
        _notify(appeal, readers, "appeals.wait_ended", _facts(appeal))
    else:
        _mail(
            contact,
            subject=_l("We go on with your appeal %(number)s"),
            lines=(_l("“%(topic)s”: we waited 15 days for your answer. Our promise runs again."),),
            url=_base() + "/appeals/track",
            values=_facts(appeal),
        )


def _facts(appeal: Appeal) -> dict[str, Any]:
    return {
        "number": appeal.number,
        "topic": appeal.subject,
        "head": chain.short(appeal.head),
    }


def _deadline(due: datetime) -> dict[str, str]:
    """Return a due time as each language writes it; midnight is the end of a day."""
    written = {}
    for language in LANGUAGES:
        with reading_as(language):
            written[language] = deadline(due)
    return written


def _readers(appeal: Appeal, contact: Contact) -> list[UUID]:
    """Return who is told in the portal: who wrote, or the holder of a contract that was proven."""
    if contact.user_id:
        return [contact.user_id]
    return holders_of(appeal.account_id) if appeal.account_id else []


def _notify(appeal: Appeal, readers: list[UUID], kind: str, facts: dict[str, Any]) -> None:
    link = f"/a/{appeal.account_id}/appeals/{appeal.id}"
    notify(readers, kind, link=link, account_id=appeal.account_id, **facts)


def _mail(
    contact: Contact,
    *,
    subject: Marked,
    lines: tuple[Marked, ...],
    url: str,
    values: dict[str, Any],
) -> None:
    """Send a letter, if there is an e-mail: who called or came has number and key by hand."""
    if "@" not in contact.address:
        return
    mail.send(
        to=contact.address,
        language=contact.language,
        subject=subject,
        lines=lines,
        act=_l("Open the appeal"),
        url=url,
        **values,
    )


def _base() -> str:
    return str(current_app.config["SETTINGS"].base_url)
