"""Tables for spreadsheet programs: CSV that no cell of which is taken for a formula."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence

_FORMULA = re.compile(r"[\s\x00-\x1f\u200b\ufeff]*[=+\-@]")
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

    Numbers stay numbers. Wide forms (＝) and spaces in front count as well.
    """
    if not isinstance(value, str):
        return value
    begins = _FORMULA.match(unicodedata.normalize("NFKC", value))
    return f"'{value}" if begins or value.startswith(("\t", "\r", "\n")) else value
