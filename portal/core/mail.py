"""Write e-mails and send them: the words leave with the transaction, the message by a job."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from portal.core import clock


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
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(mail.sender)
    message["To"] = _address(mail.to)
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
    return message


def _address(written: str) -> Address:
    name, address = parseaddr(single_line(written))
    return Address(display_name=name, addr_spec=address)


def domain_of(written: str) -> str:
    """Return the domain of `Name <user@domain>`."""
    return _address(written).domain
