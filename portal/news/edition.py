"""An issue as an e-mail: written once per language, and only patched for each recipient.

Building MIME anew for every recipient is five times slower (news-and-notifications.md, "Speed").
"""

import html
import re
from dataclasses import dataclass
from email import quoprimime
from email.message import EmailMessage
from email.utils import format_datetime

from portal.core import clock
from portal.core.mail import plain_address, single_line
from portal.core.mail_policy import LETTERS

NAME = "\ue000"
"""Stands in text and HTML where the recipient's name comes."""
TOKEN = "\ue001"  # noqa: S105 - a place, not a secret
"""Stands in text and HTML where the secret of the recipient's unsubscribe link comes."""
MAILBOX = "unsubscribe"
"""Where a letter ends a newsletter, at the domain of the sender."""

_LONGEST_LINE = 75
# An "=" in quoted-printable is followed by hex or the end of the line: these never occur in it.
_PLACES = {NAME: "=[name]", TOKEN: "=[token]"}
_HTML_PLACES = {NAME: "=[html]", TOKEN: "=[token]"}


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The words of an issue in one language, with NAME and TOKEN left open."""

    sender: str
    subject: str
    text: str
    html: str
    list_id: str
    headers: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Copy:
    """What one recipient's e-mail has of its own. `key` names it, the same on every try."""

    address: str
    name: str
    token: str
    key: str


class Edition:
    """A finished letter, from which any number of copies is made quickly."""

    def __init__(self, letter: Letter, *, unsubscribe_url: str, domain: str) -> None:
        self._unsubscribe_url = unsubscribe_url
        self.domain = domain
        self._common = _built(letter)

    def copy(self, own: Copy) -> bytes:
        """Return the message for one recipient, ready to be sent.

        Raises ValueError if the address cannot stand in a header.
        Source: RFC 8058, sections 2 and 3.1; RFC 2369, section 3.2.
        """
        head = (
            f"To: {plain_address(own.address)}\r\n"
            f"Message-ID: <{own.key}@{self.domain}>\r\n"
            f"List-Unsubscribe: <{self._unsubscribe_url.replace(TOKEN, own.token)}>,\r\n"
            f" <mailto:{MAILBOX}@{self.domain}?subject={own.token}>\r\n"
        ).encode()
        return head + (
            self._common.replace(b"=[name]", _encoded(own.name))
            .replace(b"=[html]", _encoded(html.escape(own.name)))
            .replace(b"=[token]", own.token.encode("ascii"))
        )

    def bounce_address(self, key: str) -> str:
        """Return the envelope sender of one copy, to which its refusal comes back (VERP)."""
        return f"news+{key}@{self.domain}"


def _built(letter: Letter) -> bytes:
    message = EmailMessage(policy=LETTERS)
    message["From"] = single_line(letter.sender)
    message["Subject"] = single_line(letter.subject)
    message["Date"] = format_datetime(clock.now())
    message["List-Id"] = single_line(letter.list_id)
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.make_alternative()
    for name, value in letter.headers.items():
        message[name] = single_line(value)
    message.attach(_part("plain", letter.text, _PLACES))
    message.attach(_part("html", letter.html, _HTML_PLACES))
    return message.as_bytes()


def _part(subtype: str, words: str, places: dict[str, str]) -> EmailMessage:
    pieces = re.split(f"([{NAME}{TOKEN}])", words)
    encoded = [places.get(piece) or _encoded(piece).decode() for piece in pieces]
    part = EmailMessage(policy=LETTERS)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload("=\r\n".join(encoded) + "\r\n")
    return part


def _encoded(words: str) -> bytes:
    octets = words.encode("utf-8", "replace").decode("latin-1")
    return quoprimime.body_encode(octets, _LONGEST_LINE, eol="\r\n").encode("ascii")
