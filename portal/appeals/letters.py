"""Receipts and answers leave the portal: to the inbox of a user, or to a bare e-mail address."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from portal.accounts.queries import holders_of
from portal.appeals import chain
from portal.appeals.models import Appeal, Contact, Message, MessageBody
from portal.appeals.post import threads
from portal.appeals.states import Channel, MessageKind
from portal.core import ids, mail
from portal.core.db import session
from portal.core.text import LANGUAGES, Marked, _l, deadline, reading_as, translate
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


@dataclass(frozen=True)
class Came:
    """How an appeal came by e-mail: the Message-ID of the letter, and what the receipt adds.

    `remarks` are sentences in the writer's language.
    """

    message_id: str = ""
    remarks: tuple[str, ...] = ()


def send_receipt(
    appeal: Appeal, contact: Contact, case: Case, *, secret: str | None, came: Came | None = None
) -> None:
    """Tell who filed an appeal its number, the first due time and the head hash."""
    due = min((p.due_at for p in case.promises if p.is_open), default=appeal.received_at)
    facts = _facts(appeal) | {"due": _deadline(due)}
    if readers := _readers(appeal, contact):
        _notify(appeal, readers, "appeals.registered", facts)
    elif secret:
        came = came or Came()
        words = _Words(
            _l("Your appeal %(number)s is registered"),
            (
                _l("“%(topic)s”. We answer by %(due)s."),
                _l("Receipt: %(head)s."),
                _l(
                    "The link below is the only way to your appeal: keep this message, and give it"
                    " to nobody."
                ),
            ),
            facts,
            said=came.remarks,
            path=f"/appeals/track/{secret}",
        )
        _mail(appeal, contact, words, answers=came.message_id)


def tell_of_answer(appeal: Appeal, message: Message) -> None:
    """Tell the customer that a specialist has written.

    The text itself stays in the portal, but for those who write to us by e-mail.
    """
    contact = session.get_one(Contact, appeal.contact_id)
    kind = MessageKind(message.kind)
    facts = _facts(appeal) | {"name": message.signature}
    if message.promised_at:
        facts["promised"] = _deadline(message.promised_at)
    if readers := _readers(appeal, contact):
        _notify(appeal, readers, _KIND_OF[kind], facts)
    elif _is_by_post(contact):
        _answer_by_post(appeal, contact, message, facts)
    else:
        lines = (
            _l("“%(topic)s”: %(name)s has written."),
            _l("Open it by the link in your receipt, or by number and key at %(place)s."),
            _l("Receipt: %(head)s."),
        )
        place = {"place": _base() + "/appeals/track"}
        _mail(appeal, contact, _Words(_SUBJECT_OF[kind], lines, facts | place))


def tell_of_end_of_wait(appeal: Appeal) -> None:
    """Tell the customer that his answer is no longer waited for, and the promise runs again."""
    contact = session.get_one(Contact, appeal.contact_id)
    if readers := _readers(appeal, contact):
        _notify(appeal, readers, "appeals.wait_ended", _facts(appeal))
    else:
        words = _Words(
            _l("We go on with your appeal %(number)s"),
            (_l("“%(topic)s”: we waited 15 days for your answer. Our promise runs again."),),
            _facts(appeal),
        )
        _mail(appeal, contact, words)


def tell(appeal: Appeal, kind: str, *, subject: Marked, lines: tuple[Marked, ...]) -> None:
    """Tell the customer something: by a notice of `kind`, or by a letter of these words.

    Both know `number`, `topic` and `head`; the letter can be answered by who writes by e-mail.
    """
    contact = session.get_one(Contact, appeal.contact_id)
    if readers := _readers(appeal, contact):
        _notify(appeal, readers, kind, _facts(appeal))
    else:
        _mail(appeal, contact, _Words(subject, lines, _facts(appeal)))


def send_remarks(appeal: Appeal, contact: Contact, came: Came) -> None:
    """Tell who answered by e-mail what of his letter was not kept."""
    words = _Words(
        _l("Your letter is added to appeal %(number)s"),
        (_l("Receipt: %(head)s."),),
        _facts(appeal),
        said=came.remarks,
    )
    _mail(appeal, contact, words, answers=came.message_id)


def _answer_by_post(
    appeal: Appeal, contact: Contact, message: Message, facts: dict[str, Any]
) -> None:
    body = session.scalars(
        select(MessageBody.body).where(MessageBody.message_id == message.id)
    ).one()
    promised = (_l("The final answer comes by %(promised)s."),) if message.promised_at else ()
    words = _Words(
        _l("Re: %(topic)s [%(number)s]"),
        (*promised, _l("%(name)s, appeal %(number)s. Receipt: %(head)s.")),
        facts,
        said=[" ".join(part.split()) for part in body.split("\n") if part.strip()],
    )
    _mail(appeal, contact, words, is_automatic=False)


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


def _is_by_post(contact: Contact) -> bool:
    return contact.channel == Channel.EMAIL


@dataclass(frozen=True)
class _Words:
    """What a letter says: `said` stands above the rest as somebody wrote it."""

    subject: Marked
    lines: tuple[Marked, ...]
    values: dict[str, Any]
    said: Sequence[str] = ()
    path: str = "/appeals/track"


def _mail(
    appeal: Appeal,
    contact: Contact,
    words: _Words,
    *,
    answers: str = "",
    is_automatic: bool = True,
) -> None:
    """Send a letter, if there is an e-mail: who called or came has number and key by hand.

    Who writes by e-mail may answer it; `answers` is the Message-ID of the letter that it answers.
    """
    if not mail.is_address(contact.address):
        return
    letter = mail.written_letter(contact.language, words.subject, words.lines, **words.values)
    with reading_as(contact.language):
        act = translate(_l("Open the appeal"))
    headers = {}
    if _is_by_post(contact):
        headers = threads.headers_of(
            appeal, letter_id=ids.uuid7(), answers=answers, is_automatic=is_automatic
        )
    lines = [*words.said, *letter.lines]
    letter = replace(letter, lines=lines, act=act, url=_base() + words.path, headers=headers)
    mail.send_letter(letter, to=contact.address, language=contact.language)


def _base() -> str:
    return str(current_app.config["SETTINGS"].base_url)
