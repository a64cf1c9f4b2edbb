"""Write e-mails and send them: the words leave with the transaction, the message by a job."""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any
from uuid import UUID

import css_inline
from flask import current_app, render_template
from sqlalchemy import delete, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.config import Settings
from portal.core import clock
from portal.core.db import Model, session, transaction
from portal.core.jobs import enqueue, periodic, task
from portal.core.mail_policy import LETTERS
from portal.core.smtp import MailRefusedError, MailServer, Postman
from portal.core.text import Marked, one_line, reading_as, translate
from portal.core.wording import kept, written

log = logging.getLogger(__name__)
KEPT_UNSENT = timedelta(days=2)
_PLAIN = re.compile(r"[^\s<>,;:()\[\]\"\\]+@[^\s<>,;@]+")
_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


class OutgoingMail(Model):
    """A letter that waits for its job. It may hold a secret, so it is deleted when it has left."""

    __tablename__ = "mail"

    address: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    lines: Mapped[list[str]]
    act: Mapped[str]
    url: Mapped[str]
    headers: Mapped[dict[str, str]] = mapped_column(default=dict, server_default=text("'{}'"))
    created_at: Mapped[datetime]


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that goes along with an e-mail; `media_type` is such as `text/calendar`."""

    name: str
    media_type: str
    content: bytes
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One finished e-mail. `message_id` is given, so that it is the same on every try."""

    to: str
    sender: str
    subject: str
    text: str
    message_id: str
    html: str = ""
    is_automatic: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The words of an e-mail: paragraphs, and at most one thing to do, `act` leading to `url`.

    `headers` go along; a `Message-ID` among them is the letter's own, and with a `Reply-To` it says
    that it can be answered.
    """

    subject: str
    lines: Sequence[str]
    act: str = ""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_answerable(self) -> bool:
        return "Reply-To" in self.headers


def send(
    *,
    to: str,
    language: str,
    subject: Marked,
    lines: Sequence[Marked],
    act: Marked | None = None,
    url: str = "",
    **values: Any,
) -> None:
    """Send an e-mail by a job of this transaction, in `language` (kk, ru, en).

    `values` fill the %(name)s places of all sentences: text, int, Decimal (tenge), datetime, date.
    """
    letter = written_letter(language, subject, lines, **values)
    with reading_as(language):
        letter = replace(
            letter, act=translate(act, **written(kept(values))) if act else "", url=url
        )
    send_letter(letter, to=to, language=language)


def written_letter(
    language: str, subject: Marked, lines: Sequence[Marked], **values: Any
) -> Letter:
    """Return a letter with its sentences written in `language`; `values` as `send` has them."""
    with reading_as(language):
        filled = written(kept(values))
        return Letter(
            subject=one_line(translate(subject, **filled)),
            lines=[translate(line, **filled) for line in lines],
        )


def send_letter(letter: Letter, *, to: str, language: str) -> None:
    """Send a written letter by a job of this transaction."""
    waiting = OutgoingMail(
        address=single_line(to),
        language=language,
        subject=letter.subject,
        lines=list(letter.lines),
        act=letter.act,
        url=letter.url,
        headers=dict(letter.headers),
        created_at=clock.now(),
    )
    session.add(waiting)
    session.flush()  # The job's row needs the letter's id.
    enqueue(session, deliver, mail_id=str(waiting.id))


@task(tries=14)
def deliver(mail_id: str) -> None:
    """Send a waiting letter, and delete it. A second run finds nothing to do."""
    with transaction() as own:
        waiting = own.get(OutgoingMail, UUID(mail_id))
        if waiting is None:
            return
        own.expunge(waiting)
    letter = Letter(
        subject=waiting.subject,
        lines=waiting.lines,
        act=waiting.act,
        url=waiting.url,
        headers=waiting.headers,
    )
    with reading_as(waiting.language):
        post(letter, to=waiting.address, key=waiting.id)
    with transaction() as own:
        own.delete(waiting)


def forget_unsent() -> None:
    """Delete letters that no try could send, each night: what they say is of no use any more."""
    with transaction() as own:
        old = OutgoingMail.created_at < clock.now() - KEPT_UNSENT
        own.execute(delete(OutgoingMail).where(old))


periodic("41 3 * * *")(forget_unsent)


def post(letter: Letter, *, to: str, key: UUID, attachments: Sequence[Attachment] = ()) -> None:
    """Hand a letter to the mail server now, in the language at hand; for jobs only.

    `key` makes the Message-ID. A refusal for ever, or an address that cannot be written, is logged
    and not raised; MailDeferredError and MailUncertainError are, so that the job is tried again.
    """
    settings: Settings = current_app.config["SETTINGS"]
    headers = dict(letter.headers)
    made = f"<{key.hex}@{domain_of(settings.mail_from)}>"
    mail = Mail(
        to=to,
        sender=settings.mail_from,
        subject=" ".join(letter.subject.split()),  # Mailboxes are searched for plain spaces.
        text=render_template("emails/core/letter.txt", letter=letter, settings=settings),
        html=inlined(render_template("emails/core/letter.html", letter=letter, settings=settings)),
        message_id=headers.pop("Message-ID", made),
        is_automatic="Auto-Submitted" not in headers,
        headers=headers,
        attachments=attachments,
    )
    try:
        hand_over(compose(mail).as_bytes(), to=to)
    except MailRefusedError as refusal:
        log.warning("mail.refused key=%s code=%s", key, refusal.code)
    except ValueError:
        log.warning("mail.unwritable key=%s", key)  # No mail server would take such an address.


def hand_over(content: bytes, *, to: str) -> None:
    """Hand one finished message to the mail server of SMTP_URL. Raises what Postman raises."""
    settings: Settings = current_app.config["SETTINGS"]
    sender = _address(settings.mail_from).addr_spec
    with Postman(MailServer.from_url(settings.smtp_url)) as postman:
        postman.deliver(content, sender=sender, recipient=to)


def inlined(page: str) -> str:
    """Return an HTML page with its rules written into `style`; those under @media stay a sheet."""
    return _inliner.inline(page)


def single_line(value: str) -> str:
    """Return `value`, or raise ValueError if it could begin another header line."""
    if any(mark in value for mark in "\r\n\0"):
        raise ValueError("A field of one line holds a line break or NUL.")
    return value


def compose(mail: Mail) -> EmailMessage:
    """Build the message: plain text, and HTML beside it if there is any.

    Raises ValueError if a field of one line holds CR, LF or NUL.
    Source: RFC 5322, RFC 2046 section 5.1.4, RFC 3834 section 5 (Auto-Submitted).
    """
    message = EmailMessage(policy=LETTERS)
    message["From"] = _address(mail.sender)
    message["To"] = plain_address(mail.to)
    message["Subject"] = single_line(mail.subject)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = single_line(mail.message_id)
    if mail.is_automatic:
        message["Auto-Submitted"] = "auto-generated"
    for name, value in mail.headers.items():
        message[name] = single_line(value)
    message.set_content(mail.text, cte="quoted-printable")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    for each in mail.attachments:
        kind, _, subtype = each.media_type.partition("/")
        message.add_attachment(
            each.content,
            maintype=kind,
            subtype=subtype,
            filename=single_line(each.name),
            params=dict(each.parameters),
        )
    return message


def plain_address(address: str) -> str:
    """Return a bare e-mail address, or raise ValueError if it cannot stand in a header."""
    if not (single_line(address).isascii() and _PLAIN.fullmatch(address)):
        raise ValueError("This address cannot stand in a header.")
    return address


def is_address(written: str) -> bool:
    """Tell whether a letter can be sent there: it is an e-mail address that a header can hold."""
    try:
        return bool(plain_address(written))
    except ValueError:
        return False


def _address(written: str) -> Address:
    name, address = parseaddr(single_line(written))
    return Address(display_name=name, addr_spec=address)


def bare(written: str) -> str:
    """Return the address of `Name <user@domain>` alone, in lower case."""
    return _address(written).addr_spec.lower()


def domain_of(written: str) -> str:
    """Return the domain of `Name <user@domain>`."""
    return _address(written).domain
