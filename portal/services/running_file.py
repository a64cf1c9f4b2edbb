"""The operator's file of services that run already: one line each, read and checked. Pure.

    number;offering;since;city;street
    7 1203 4456;vmeste-200;2019-04-02;;

`city` and `street` are needed only for a contract with several addresses; their columns may be
missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO

from portal.accounts.contracts import read_day, read_number
from portal.core.csv_file import RefusedLine, Row, read_rows

COLUMNS = ("number", "offering", "since")
OPTIONAL = ("city", "street")
LONGEST_CODE = 100


@dataclass(frozen=True)
class RunningLine:
    """An offering that a contract has `since` a day; `place` is (city, street) in small letters."""

    line: int
    number: str
    code: str
    since: date
    place: tuple[str, str]


def read_running(stream: IO[bytes], *, today: date) -> Iterator[RunningLine | RefusedLine]:
    """Return what each line says, or why it cannot be used. Raises HeadError, at once."""
    rows = read_rows(stream, COLUMNS, optional=OPTIONAL)
    return (_line(row, today) for row in rows)


def _line(row: Row | RefusedLine, today: date) -> RunningLine | RefusedLine:
    if isinstance(row, RefusedLine):
        return row
    cells = row.cells
    try:
        return RunningLine(
            line=row.line,
            number=read_number(cells["number"]),
            code=_code(cells["offering"]),
            since=read_day("since", cells["since"], today=today),
            place=(cells["city"].lower(), cells["street"].casefold()),
        )
    except ValueError as error:
        return RefusedLine(row.line, str(error))


def _code(written: str) -> str:
    if not 1 <= len(written) <= LONGEST_CODE:
        raise ValueError("offering: write a code of the catalogue")
    return written
