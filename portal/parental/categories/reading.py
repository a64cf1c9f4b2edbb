"""Reading a list of a category: larger than those of parents, under the same guards.

An entry of a category always means a name and all below it, so `*.site` means the site, and a
part of a closed site can't be opened.
Source: parental-control.md, "Import and export", "Reading a site".
"""

import re
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from portal.core.errors import RuleError
from portal.core.text import _l
from portal.parental.comparison import names_above
from portal.parental.lists.content import decoded
from portal.parental.lists.entries import Format, Named
from portal.parental.lists.formats import recognised
from portal.parental.lists.reading import lines_of
from portal.parental.sites import Action, excerpt, read_site, shown_name

LARGEST_FILE = 32 * 1024**2  # bytes: a million names are 20 MB
LONGEST_LINE = 100_000  # letters; JSON alone may stand in one line
PATIENCE = 180.0  # seconds
MOST_LINES = 3_000_000
MOST_NAMES = 3_000_000
MOST_REFUSED = 100_000
MOST_SAMPLES = 50
_PAGE = re.compile(r"\s*<(?:!doctype|html|\?xml)", re.IGNORECASE)


@dataclass
class NamesRead:
    """What a list names. `refused` counts what can't be taken; `samples` are the first of it.

    A sample is [line, text, message, values].
    """

    names: set[str] = field(default_factory=set)
    refused: int = 0
    samples: list[list[Any]] = field(default_factory=list)

    def refuse(self, line: int, text: str, fault: RuleError) -> None:
        """Count what can't be taken. Raises RuleError when it is too much for a list of sites."""
        self.refused += 1
        if self.refused > MOST_REFUSED:
            raise _fault(
                _l("More than %(most)s lines can’t be taken: this is no list of sites."),
                most=MOST_REFUSED,
            )
        if len(self.samples) < MOST_SAMPLES:
            values = {name: str(value) for name, value in fault.values.items()}
            self.samples.append([line, excerpt(text.strip()), fault.marked.msgid, values])


def read_names(content: bytes, *, never_blocked: Collection[str] = ()) -> NamesRead:
    """Return the names of a list in any format that an import reads.

    Raises RuleError (field `file`) if it is no list, too long, or names no site at all.
    """
    text = _text_of(content)
    form, reader = recognised(text)
    if form is not Format.JSON and max(map(len, text.splitlines()), default=0) > LONGEST_LINE:
        raise _fault(_l("This is not a list of sites: it has a line without an end."))
    reading = _Reading(NamesRead(), never_blocked)
    deadline = time.monotonic() + PATIENCE
    for number, line, named in reader(text):
        if time.monotonic() > deadline:
            raise _fault(_l("The list takes too long to read. Split it."))
        if isinstance(named, RuleError):
            reading.found.refuse(number, line, named)
        else:
            reading.take(number, named)
    reading.open_allowed()
    if not reading.found.names:
        raise _fault(_l("There is no site in this list."))
    return reading.found


def _text_of(content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise _fault(_l("The file is larger than %(most)s MB."), most=LARGEST_FILE // 1024**2)
    text = decoded(content)
    if _PAGE.match(text):
        raise _fault(_l("This is a page of a site, not a list of sites."))
    lines_of(text, most=MOST_LINES)
    return text


@dataclass
class _Reading:
    found: NamesRead
    never_blocked: Collection[str]
    allowed: list[tuple[int, str]] = field(default_factory=list)

    def take(self, number: int, named: Iterable[Named]) -> None:
        for each in named:
            action = each.action or Action.BLOCK
            try:
                site = read_site(each.text, action=action, never_blocked=self.never_blocked)
            except RuleError as fault:
                self.found.refuse(number, each.text, fault)
                continue
            if action is Action.BLOCK:
                self.found.names.add(site.name)
                if len(self.found.names) > MOST_NAMES:
                    raise _fault(_l("The list has more than %(most)s sites."), most=MOST_NAMES)
            else:
                self.allowed.append((number, site.name))

    def open_allowed(self) -> None:
        """Leave out what the list itself says is open."""
        opened = {name for _number, name in self.allowed}
        if not opened:
            return
        self.found.names = {
            name
            for name in self.found.names
            if name not in opened and opened.isdisjoint(names_above(name))
        }
        for number, name in self.allowed:
            if closed := next((up for up in names_above(name) if up in self.found.names), None):
                self.found.refuse(number, name, _half_open(closed))


def _half_open(closed: str) -> RuleError:
    return _fault(
        _l("The list closes %(site)s whole; a category can’t open a part of it."),
        site=shown_name(closed),
    )


def _fault(message: Any, **values: object) -> RuleError:
    return RuleError(message, field="file", **values)
