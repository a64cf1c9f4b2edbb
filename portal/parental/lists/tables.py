"""Lists as tables: CSV with a header, of which only the site is needed.

    site,action,note,expires,when
    *.casino.com,block,"why",,windows
    kundelik.kz,allow,,2026-12-01T18:00:00+05:00,

Commas, semicolons or tabs stand between the cells.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from portal.core.errors import RuleError
from portal.core.text import _l
from portal.parental.lists.entries import Named, Piece, fault
from portal.parental.lists.values import action_of, expiry_of, is_in_windows, note_of, unguarded

SITE, ACTION, NOTE, EXPIRES, WHEN = "site", "action", "note", "expires", "when"
_TITLES = {
    SITE: {SITE, "domain", "host", "hostname", "name", "url"},
    ACTION: {ACTION, "list", "rule"},
    NOTE: {NOTE, "comment"},
    EXPIRES: {EXPIRES, "expires_at", "until"},
    WHEN: {WHEN},
}
_BETWEEN = ",;\t"


class _Head(NamedTuple):
    delimiter: str
    columns: dict[str, int]


def is_head(line: str) -> bool:
    """Say whether a line is the header of a table with a column of sites."""
    return SITE in _head(line).columns


def read_csv(text: str) -> Iterator[Piece]:
    """Return the rows of a table. Raises RuleError if it has no header or a quote stays open."""
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    passed, head = _find_head(lines)
    rows = csv.reader(lines, delimiter=head.delimiter, strict=True)
    while True:
        number = passed + rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            raise fault(
                _l("Line %(number)s has a quotation mark that is not closed."), number=number
            ) from None
        if any(cell.strip() for cell in row):
            yield _piece(number, row, head)


def _find_head(lines: io.StringIO) -> tuple[int, _Head]:
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            head = _head(line)
            if SITE in head.columns:
                return number, head
            break
    raise fault(_l("The table needs a header with the column “site”: site,action,note,expires"))


def _head(line: str) -> _Head:
    delimiter = max(_BETWEEN, key=line.count)
    titles = [cell.strip(' "\r\n').lower() for cell in line[:1000].split(delimiter)]
    columns: dict[str, int] = {}
    for kind, names in _TITLES.items():
        place = next((at for at, title in enumerate(titles) if title in names), None)
        if place is not None:
            columns[kind] = place
    return _Head(delimiter, columns)


def _piece(number: int, row: Sequence[str], head: _Head) -> Piece:
    def cell(kind: str) -> str:
        place = head.columns.get(kind, len(row))
        return row[place] if place < len(row) else ""

    site = cell(SITE)
    try:
        named = Named(
            site,
            action_of(cell(ACTION)),
            note_of(unguarded(cell(NOTE))),
            expiry_of(cell(EXPIRES)),
            is_in_windows(cell(WHEN)),
        )
    except RuleError as reason:
        return Piece(number, site, reason)
    return Piece(number, site, [named])
