"""Reading a list of sites line by line.

Formats: hosts, plain names, `*.name`, adblock `||name^` and `@@||name^`.
Source: parental-control.md, "Import and export" and "Reading a site".
"""

import codecs
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from portal.core.errors import RuleError
from portal.core.text import Marked, _l
from portal.parental.sites import Action, excerpt, read_site

LARGEST_LIST = 8 * 1024**2  # bytes; Source: security-checklist, import 8 MiB
MOST_LINES = 300_000
_LINE_END = re.compile(r"\r\n|\n|\r")
_COMMENT = re.compile(r"\s#.*")
_HEADING = re.compile(r"\[Adblock.*\]", re.IGNORECASE)
_PART_OF_PAGE = re.compile(r"#[@?$%]*#")
_ADBLOCK = re.compile(r"(@@)?\|\|([^/^$|]+)\^")
_NOWHERE = frozenset({"0.0.0.0", "127.0.0.1", "::", "::1"})  # noqa: S104 - words of hosts files
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*(?:%\w+)?")
_LOCAL = frozenset(
    [
        *("localhost", "localhost.localdomain", "local", "broadcasthost", "0.0.0.0"),  # noqa: S104
        *("localhost4", "localhost4.localdomain4", "localhost6", "localhost6.localdomain6"),
        *("ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix"),
        *("ip6-allnodes", "ip6-allrouters", "ip6-allhosts"),
    ]
)
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Entry(NamedTuple):
    """A rule that a list asks for. `line` counts from 1."""

    line: int
    name: str
    subdomains_only: bool
    action: Action


class Refusal(NamedTuple):
    """What can't be taken, and why: the fault's sentence with its values."""

    line: int
    text: str
    fault: RuleError


@dataclass(frozen=True)
class Reading:
    """What stands in a list, in its order."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def text_of(content: bytes) -> str:
    """Return the text of an uploaded list.

    Raises RuleError (field `file`) if it is too large, packed, not text or not UTF-8.
    """
    if len(content) > LARGEST_LIST:
        raise _fault(_l("The file is larger than 8 MB. Split it or choose a shorter list."))
    if content.startswith(_PACKED):
        raise _fault(_l("This is a packed file. Unpack it and choose the list itself."))
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise _fault(_l("This file is not a text. Choose a list of sites, one site in a line."))
    return text


def read_list(text: str, *, action: Action, never_blocked: Collection[str] = ()) -> Reading:
    """Return what the list names; `action` is that of lines which don't say it themselves.

    Raises RuleError (field `file`) if it has more than MOST_LINES lines.
    """
    if text.count("\n") + text.count("\r") > 2 * MOST_LINES:
        raise _too_many_lines()
    lines = _LINE_END.split(text)
    if len(lines) > MOST_LINES:
        raise _too_many_lines()
    reader = _Reader(Reading(), action, never_blocked)
    for number, line in enumerate(lines, start=1):
        reader.read_line(number, line)
    return reader.reading


@dataclass(frozen=True)
class _Reader:
    reading: Reading
    action: Action
    never_blocked: Collection[str]

    def read_line(self, number: int, line: str) -> None:
        try:
            for text, own_action in _named(line.strip("\ufeff \t")):
                self._read_name(number, text, own_action or self.action)
        except RuleError as fault:
            self.reading.refused.append(Refusal(number, excerpt(line.strip()), fault))

    def _read_name(self, number: int, text: str, action: Action) -> None:
        try:
            site = read_site(text, action=action, never_blocked=self.never_blocked)
        except RuleError as fault:
            self.reading.refused.append(Refusal(number, excerpt(text.strip()), fault))
        else:
            entry = Entry(number, site.name, site.subdomains_only, action)
            self.reading.entries.append(entry)


def _named(line: str) -> list[tuple[str, Action | None]]:
    """Return the names that a line holds, each with the action that the line itself says.

    Raises RuleError if the whole line is of a kind that can't be taken.
    """
    if not line or line[0] in "#!" or _HEADING.fullmatch(line):
        return []
    if _PART_OF_PAGE.search(line):
        raise _fault(_l("This rule hides a part of a page. Only whole sites can be closed."))
    if line.startswith(("|", "@@")):
        return [_adblock(line)]
    if line.startswith("/") and line.endswith("/") and not line.startswith("//"):
        raise _fault(_l("This is a pattern of names. Write each site in a line of its own."))
    return _plain(_COMMENT.sub("", line))


def _adblock(line: str) -> tuple[str, Action]:
    rule = _ADBLOCK.fullmatch(line)
    if rule:
        return rule[2], Action.ALLOW if rule[1] else Action.BLOCK
    if "$" in line:
        raise _fault(_l("This rule has conditions after $, which can’t be kept for a whole site."))
    raise _fault(_l("This rule means single pages. Only whole sites can be closed: ||site^"))


def _plain(line: str) -> list[tuple[str, Action | None]]:
    words = line.split()
    if len(words) < 2 or not _ADDRESS.fullmatch(words[0]):
        return [(line, None)]
    names = [word for word in words[1:] if word.lower() not in _LOCAL]
    if names and words[0] not in _NOWHERE:
        raise _fault(
            _l(
                "This line sends a site to another address. A closed site stands "
                "after 0.0.0.0, 127.0.0.1, :: or ::1."
            )
        )
    return [(name, None) for name in names]


def _too_many_lines() -> RuleError:
    return _fault(
        _l("The list has more than %(most)s lines. Choose a shorter one."), most=MOST_LINES
    )


def _fault(message: Marked, **values: object) -> RuleError:
    return RuleError(message, field="file", **values)
