"""Tables for spreadsheet programs: CSV that no cell of which is taken for a formula."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence

_FORMULA = re.compile(r"[\s\x00-\x1f\u200b\ufeff]*[=+\-@]")
# Russian and Kazakh systems part the cells of any CSV at semicolons: one within a text begins a
# cell there, and a line within it a row.
_FORMULA_WITHIN = re.compile(r"([;\t\r\n](?:[^\S\t\r\n]|[\u200b\ufeff])*)('*)(?=[=+\-@＝＋－＠])")
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it Excel reads Cyrillic wrongly


def csv_of(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a CSV (RFC 4180) with a byte order mark; each text is made safe.

    Source: security-checklist 7.
    """
    kept = io.StringIO()
    writer = csv.writer(kept)
    writer.writerow([safe_cell(title) for title in head])
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return BYTE_ORDER_MARK + kept.getvalue()


def safe_cell(value: object) -> object:
    """Return a text with an apostrophe before it if a program could take it for a formula.

    Numbers stay numbers. Wide forms (＝) and spaces in front count as well; so does what stands
    behind a semicolon or a line break within the text: `bare_cell` takes that apostrophe away.
    """
    if not isinstance(value, str):
        return value
    begins = _FORMULA.match(unicodedata.normalize("NFKC", value))
    whole = _FORMULA_WITHIN.sub(r"\1\2'", value)
    return f"'{whole}" if begins or value.startswith(("\t", "\r", "\n")) else whole


def bare_cell(cell: str) -> str:
    """Return the text of a cell without the apostrophes that stand within it."""
    return _FORMULA_WITHIN.sub(lambda found: found[1] + found[2][1:], cell)
