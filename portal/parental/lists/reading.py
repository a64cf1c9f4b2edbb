"""Reading a list of sites, in any format, within its limits."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from portal.core.errors import RuleError
from portal.core.text import _l
from portal.parental.lists.entries import (
    Entry,
    Format,
    Named,
    Piece,
    Reading,
    Refusal,
    fault,
)
from portal.parental.lists.formats import READERS, recognised
from portal.parental.sites import Action, excerpt, read_site

MOST_LINES = 300_000
MOST_NAMES = MOST_LINES  # Many may stand in one line.
TOLD_EACH = 2_000  # names
Told = Callable[[int], None]


def lines_of(text: str, *, most: int = MOST_LINES) -> int:
    """Return how many lines a list has. Raises RuleError (field `file`) above `most`."""
    lines = text.count("\n") + text.count("\r") - text.count("\r\n") + 1
    if lines > most:
        raise fault(_l("The list has more than %(most)s lines. Choose a shorter one."), most=most)
    return lines


def read_list(
    text: str,
    *,
    action: Action,
    never_blocked: Collection[str] = (),
    written_as: Format | None = None,
    told: Told = lambda _line: None,
) -> Reading:
    """Return what the list names; `action` is that of lines which don't say it themselves.

    `written_as` is the format that the reader names; None: it is recognised. `told` hears now and
    then which line is being read. Raises RuleError (field `file`) if the list has more than
    MOST_LINES lines or MOST_NAMES names, or is broken as a whole.
    """
    lines_of(text)
    form, reader = (written_as, READERS[written_as]) if written_as else recognised(text)
    reading = Reading(form)
    sites = _Sites(reading, action, never_blocked)
    for count, (number, each) in enumerate(_pieces(reader(text))):
        if count % TOLD_EACH == 0:
            told(number)
        if count >= MOST_NAMES:
            raise fault(
                _l("The list has more than %(most)s sites. Choose a shorter one."), most=MOST_NAMES
            )
        sites.read(number, each)
    return reading


def _pieces(pieces: Iterable[Piece]) -> Iterator[tuple[int, Named | Refusal]]:
    """Return one by one what the lines name, and the lines that are refused."""
    for number, line, named in pieces:
        if isinstance(named, RuleError):
            yield number, Refusal(number, excerpt(line), named)
        else:
            yield from ((number, each) for each in named)


@dataclass(frozen=True)
class _Sites:
    reading: Reading
    action: Action
    never_blocked: Collection[str]

    def read(self, number: int, named: Named | Refusal) -> None:
        if isinstance(named, Refusal):
            self.reading.refused.append(named)
            return
        action = named.action or self.action
        try:
            site = read_site(named.text, action=action, never_blocked=self.never_blocked)
        except RuleError as reason:
            refusal = Refusal(number, excerpt(named.text.strip()), reason)
            self.reading.refused.append(refusal)
        else:
            self.reading.entries.append(
                Entry(number, site.name, site.subdomains_only, action, *named[2:])
            )
