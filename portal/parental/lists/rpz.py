"""Response policy zones.

A name and its star stand for themselves alone in a zone, so that zones name both; here the name
means all below it as well. Answers: `CNAME .`, `CNAME *.`, `CNAME rpz-drop.` and an address that
leads nowhere close; `CNAME rpz-passthru.` (or the site itself, as of old) opens.
Source: draft-vixie-dnsop-dns-rpz-00, sections 3 and 4; RFC 1035, section 5.1.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portal.core.errors import RuleError
from portal.core.text import _l
from portal.parental.lists.addresses import NOWHERE, elsewhere
from portal.parental.lists.entries import Named, Piece, fault
from portal.parental.sites import Action

CLOSING = frozenset({".", "*.", "rpz-drop."})
OPENING = "rpz-passthru."
_LINE_END = re.compile(r"\r\n|\n|\r")
_LENGTH = re.compile(r"(?:\d+[smhdw])*\d*", re.IGNORECASE)
_CLASSES = frozenset({"IN", "CH", "HS"})
_OF_THE_ZONE = frozenset({"SOA", "NS"})
_OTHER_TRIGGERS = ("rpz-ip", "rpz-client-ip", "rpz-nsip", "rpz-nsdname")
_LONGEST_LINE = 4096


def read_rpz(text: str) -> Iterator[Piece]:
    """Return the records of a zone file; those of the zone itself name nothing."""
    zone = _Zone()
    for number, line in _records(text):
        try:
            yield Piece(number, line.strip(), zone.named(line))
        except RuleError as reason:
            yield Piece(number, line.strip(), reason)


def _records(text: str) -> Iterator[tuple[int, str]]:
    """Join what stands in brackets over several lines; drop comments and empty lines."""
    began, parts = 0, ""
    for number, whole in enumerate(_LINE_END.split(text), start=1):
        line = _without_comment(whole.removeprefix("\ufeff"))
        began = began if parts else number
        parts = f"{parts} {line}" if parts else line
        if parts.count("(") > parts.count(")") and len(parts) < _LONGEST_LINE:
            continue
        if parts.strip():
            yield began, parts
        parts = ""
    if parts.strip():
        yield began, parts


def _without_comment(line: str) -> str:
    parts = line.split('"')  # Every second one stands between quotes.
    for place in range(0, len(parts), 2):
        if ";" in parts[place]:
            parts[place:] = [parts[place].partition(";")[0]]
            break
    return '"'.join(parts).rstrip()


@dataclass
class _Zone:
    """Where the reader stands: the zone's name, what short names end with, the last owner."""

    name: str = ""
    origin: str = ""
    owner: str = ""

    def named(self, line: str) -> list[Named]:
        if line.startswith("$"):
            self._follow(line.split())
            return []
        words = line.split()
        if not line[0].isspace():
            self.owner = self._whole(words.pop(0))
        while words and (_LENGTH.fullmatch(words[0]) or words[0].upper() in _CLASSES):
            words.pop(0)
        if len(words) < 2:
            raise fault(_l("This is no line of a zone: site CNAME ."))
        return self._record(words[0].upper(), words[1])

    def _follow(self, words: list[str]) -> None:
        word = words[0].upper()
        if word == "$ORIGIN" and len(words) > 1:
            self.origin = self._whole(words[1])
            self.name = self.name or self.origin
        elif word != "$TTL":
            raise fault(_l("Only $ORIGIN and $TTL can be followed here, no other files."))

    def _whole(self, name: str) -> str:
        """Return a name with its end, lower case, without the last dot."""
        name = name.lower()
        if name == "@":
            return self.origin
        if name.endswith("."):
            return name[:-1]
        return f"{name}.{self.origin}" if self.origin else name

    def _record(self, kind: str, answer: str) -> list[Named]:
        if kind in _OF_THE_ZONE or self.owner == self.name:
            if kind == "SOA":
                self.name = self.owner
                self.origin = self.origin or self.owner
            return []
        site = self._site()
        return [Named(site, self._action(kind, answer.lower(), site))]

    def _site(self) -> str:
        end = f".{self.name}" if self.name else ""
        site = self.owner.removesuffix(end)
        if end and site == self.owner:
            raise fault(_l("This name does not stand in the zone of the list."))
        if site.endswith(_OTHER_TRIGGERS):
            raise fault(_l("This line means addresses or name servers. Only sites can be closed."))
        return site

    def _action(self, kind: str, answer: str, site: str) -> Action:
        if kind == "CNAME" and answer in CLOSING:
            return Action.BLOCK
        if kind == "CNAME" and answer in {OPENING, f"{site}."}:
            return Action.ALLOW
        if kind in {"A", "AAAA"} and answer in NOWHERE:
            return Action.BLOCK
        if kind in {"A", "AAAA", "CNAME"}:
            raise elsewhere()
        raise fault(_l("Only lines with CNAME close or open a site in a zone."))
