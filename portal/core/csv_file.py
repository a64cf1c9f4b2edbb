"""CSV that an operator's other systems write, read line by line, however long it is.

UTF-8, with a byte order mark or without; cells are parted by `;` or `,`, as in the head, which
names the columns in any order. A cell holds no line break, so a bad line spoils no other.
"""

import csv
from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

LONGEST_LINE = 10_000  # bytes
_MARK = b"\xef\xbb\xbf"


class Row(NamedTuple):
    """A line with its number from 1, the head's; `cells` by column, white space folded."""

    line: int
    cells: dict[str, str]


class RefusedLine(NamedTuple):
    """A line that cannot be used, and why; nothing that stands in it is repeated."""

    line: int
    why: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.why}"


class HeadError(ValueError):
    """The first line does not name the columns; the message says which are missing or unknown."""


def read_rows(
    stream: IO[bytes], columns: Sequence[str], *, optional: Sequence[str] = ()
) -> Iterator[Row | RefusedLine]:
    """Return what each line below the head says, or why it cannot be read; empty ones are left out.

    A column of `optional` that the file does not have is empty. Raises HeadError, at once.
    """
    lines = _lines(stream)
    first = next(lines, b"").removeprefix(_MARK)
    delimiter = ";" if b";" in first else ","
    head = _head(first, delimiter)
    _check_head(head, columns, optional)
    return _rows(lines, head, delimiter=delimiter, absent=dict.fromkeys(optional, ""))


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Give the lines; of one that is too long only the beginning, to be refused."""
    while raw := stream.readline(LONGEST_LINE + 1):
        yield raw
        while len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
            raw = stream.readline(LONGEST_LINE + 1)


def _head(first: bytes, delimiter: str) -> list[str]:
    try:
        return [name.lower() for name in _cells(first, delimiter)]
    except ValueError as error:
        raise HeadError(f"the head {error}") from None


def _check_head(head: Sequence[str], columns: Sequence[str], optional: Sequence[str]) -> None:
    if missing := [name for name in columns if name not in head]:
        raise HeadError(f"the head lacks {', '.join(missing)}")
    if unknown := sorted({name for name in head if name not in {*columns, *optional}}):
        raise HeadError(f"the head has {len(unknown)} unknown columns: {', '.join(unknown)[:200]}")
    if len(head) != len(set(head)):
        raise HeadError("the head names a column twice")


def _rows(
    lines: Iterator[bytes], head: Sequence[str], *, delimiter: str, absent: dict[str, str]
) -> Iterator[Row | RefusedLine]:
    for number, raw in enumerate(lines, 2):
        try:
            cells = _cells(raw, delimiter)
            if any(cells):
                yield Row(number, absent | _named(head, cells))
        except ValueError as error:
            yield RefusedLine(number, str(error))


def _cells(raw: bytes, delimiter: str) -> list[str]:
    if len(raw) > LONGEST_LINE:
        raise ValueError(f"is longer than {LONGEST_LINE} bytes")
    try:
        text = raw.decode().strip()
        found = next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    except csv.Error:
        raise ValueError("has a quotation mark that is not closed or not doubled") from None
    return [" ".join(cell.split()) for cell in found]


def _named(head: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    if len(cells) != len(head):
        raise ValueError(f"has {len(cells)} cells, the head {len(head)}")
    for name, cell in zip(head, cells, strict=True):
        if not cell.isprintable():
            raise ValueError(f"{name} holds a character that cannot be printed")
    return dict(zip(head, cells, strict=True))
