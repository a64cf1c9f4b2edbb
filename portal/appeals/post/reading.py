"""Reading a letter as it came: whatever programs do to MIME, its words and files come out.

Nothing here raises on what a letter holds; what cannot be decoded is guessed, and kept.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import collapse_rfc2231_value, getaddresses

from portal.appeals.post.html import words_of

_GUESSES = ("utf-8", "windows-1251", "koi8-r")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SECRET_LINK = re.compile(r"(/appeals/(?:track|drafts)/)[\w-]{16,}")
_IDS = re.compile(r"<[^<>\s]{1,250}>")
_PREFIX = re.compile(
    r"^(?:(?:re|fwd?|aw|отв|ha|на|пересл|жауап)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MOST_REFERENCES = 50
_LONGEST_HEADER = 20_000  # letters; the library needs the square of their number for some
_LONGEST_NAME = 400  # of a sender, and of a parameter
_DEEPEST = 20
# What claims to have parts and has none is read as the text that it is.
_TEXTS = {"text/plain", "text/html", "multipart/mixed", "multipart/alternative"}
# What the library raises for headers, parameters and encodings that are none.
_BROKEN = (MessageError, ValueError, LookupError, TypeError, AttributeError)


@dataclass(frozen=True)
class Enclosed:
    """A file that came with a letter, under the name that it has there."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Incoming:
    """A letter that came in.

    `key` is the same whenever this letter is delivered again; `sender` is the bare address of From,
    in lower case; `references` are the Message-IDs that it answers to, the newest first.
    """

    key: str
    message_id: str
    sender: str
    name: str
    subject: str
    references: tuple[str, ...]
    body: str
    files: tuple[Enclosed, ...]
    headers: tuple[tuple[str, str], ...]
    content_type: str
    report_type: str

    def all(self, name: str) -> list[str]:
        """Return the values of a header, in their order."""
        return [value for each, value in self.headers if each == name.lower()]

    def first(self, name: str) -> str:
        """Return the first value of a header, or nothing."""
        return next(iter(self.all(name)), "")


def read(raw: bytes) -> Incoming:
    """Read a letter as it came over SMTP; parts too deep in each other are read as one text."""
    try:
        return _read(message_from_bytes(raw))
    except RecursionError:
        return _read(BytesParser().parsebytes(raw, headersonly=True))


def _read(message: Message) -> Incoming:
    headers = tuple((name.lower(), _header(value)) for name, value in message.raw_items())
    known: dict[str, str] = {}
    for name, value in headers:
        known.setdefault(name, value)
    name, sender = _from(known.get("from", ""))
    ids = _IDS.findall(known.get("message-id", ""))
    texts, files = _contents(message)
    return Incoming(
        key=_key(ids[0] if ids else "", sender, known, message),
        message_id=ids[0] if ids else "",
        sender=sender,
        name=name,
        subject=_PREFIX.sub("", known.get("subject", "")).strip(),
        references=_references(known),
        body=_SECRET_LINK.sub(r"\1…", "\n\n".join(texts)).strip(),
        files=tuple(files),
        headers=headers,
        content_type=message.get_content_type(),
        report_type=_parameter(message, "report-type").lower(),
    )


def decoded(content: bytes, charset: str = "") -> str:
    """Return bytes as text: by their charset if it fits, else by the likeliest guess.

    Cyrillic that is read by the wrong table shows capitals for small letters, so the guess with
    the most small ones wins.
    """
    for name in filter(None, (charset, "utf-8")):
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    guesses = [content.decode(name, "replace") for name in _GUESSES[1:]]
    return max(guesses, key=lambda text: sum("а" <= letter <= "я" for letter in text))


def _header(value: object) -> str:
    """Return a header in one line: encoded words read, 8-bit text guessed."""
    raw = str(value)[-_LONGEST_HEADER:].encode("utf-8", "surrogateescape")
    try:
        parts = decode_header(decoded(raw))
    except _BROKEN:
        parts = [(decoded(raw), None)]
    return _clean("".join(_part(text, charset) for text, charset in parts), is_line=True)


def _part(text: bytes | str, charset: str | None) -> str:
    if isinstance(text, str):
        return text
    if charset is None:
        return text.decode("raw-unicode-escape", "replace")
    return decoded(text, charset)


def _clean(text: str, *, is_line: bool = False) -> str:
    plain = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return " ".join(plain.split()) if is_line else plain


def _from(written: str) -> tuple[str, str]:
    """Return name and bare address of a From header; the address is '' if there is none."""
    written = written[:_LONGEST_NAME]
    for name, address in getaddresses([written]):
        if "@" in address:
            return name.strip() or address, address.strip().lower()
    found = _ADDRESS.search(written)  # What the library finds malformed may still name somebody.
    return (found[0], found[0].lower()) if found else (written, "")


def _references(known: dict[str, str]) -> tuple[str, ...]:
    older = _IDS.findall(known.get("references", ""))[-_MOST_REFERENCES:]
    newest = _IDS.findall(known.get("in-reply-to", ""))
    return tuple(dict.fromkeys([*newest, *reversed(older)]))


def _key(message_id: str, sender: str, known: dict[str, str], message: Message) -> str:
    """Return what is the same when the letter comes again: by its id, or by what it says."""
    parts = [sender, message_id]
    if not message_id:
        parts += [known.get(name, "") for name in ("date", "subject", "to")]
        parts += [hashlib.sha256(_payload(each)).hexdigest() for each in message.walk()]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _contents(message: Message) -> tuple[list[str], list[Enclosed]]:
    texts: list[str] = []
    files: list[Enclosed] = []
    for what in _parts(message, 0):
        if isinstance(what, Enclosed):
            files.append(what)
        elif what.strip():
            texts.append(what.strip("\n"))
    return texts, files


def _parts(part: Message, depth: int) -> Iterator[str | Enclosed]:
    """Yield texts and files of a part in their order; of alternatives the plain text."""
    if depth > _DEEPEST:
        return
    if part.get_content_type() == "message/rfc822":
        yield Enclosed(_name(part) or "message.eml", _inner(part))
    elif not part.is_multipart():
        yield _leaf(part)
    elif part.get_content_type() == "multipart/alternative":
        yield from _alternatives(part, depth)
    else:
        for each in _children(part):
            yield from _parts(each, depth + 1)


def _alternatives(part: Message, depth: int) -> Iterator[str | Enclosed]:
    found = [list(_parts(each, depth + 1)) for each in _children(part)]
    texts = [
        "\n\n".join(what for what in each if isinstance(what, str) and what.strip())
        for each in found
    ]
    yield next((text for text in texts if text.strip()), "")
    for each in found:
        yield from (what for what in each if isinstance(what, Enclosed))


def _children(part: Message) -> Sequence[Message]:
    payload = part.get_payload()
    return (
        [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []
    )


def _leaf(part: Message) -> str | Enclosed:
    kind, name = part.get_content_type(), _name(part)
    is_text = kind in _TEXTS and part.get_content_disposition() != "attachment"
    if not is_text or name:
        return Enclosed(name or kind.replace("/", "."), _payload(part))
    text = _clean(decoded(_payload(part), _parameter(part, "charset")))
    return words_of(text) if kind == "text/html" else text


def _name(part: Message) -> str:
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        if name := _parameter(part, parameter, header):
            return _header(name)
    return ""


def _parameter(part: Message, name: str, header: str = "content-type") -> str:
    """Return a parameter of a header, also where it is written in 8 bits."""
    raw = next((str(value) for each, value in part.raw_items() if each.lower() == header), "")
    plain = Message()
    try:
        plain[header] = decoded(raw[:_LONGEST_NAME].encode("utf-8", "surrogateescape"))
        value = plain.get_param(name, "", header=header)
        return collapse_rfc2231_value(value).strip() if value else ""
    except _BROKEN:
        return ""


def _payload(part: Message) -> bytes:
    """Return what a part holds; of junk that claims to be base64 as much as can be read."""
    try:
        content = part.get_payload(decode=True)
    except _BROKEN:
        content = str(part.get_payload()).encode("utf-8", "surrogateescape")
    return content if isinstance(content, bytes) else b""


def _inner(part: Message) -> bytes:
    return b"".join(each.as_bytes() for each in _children(part))
