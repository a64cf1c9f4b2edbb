"""What is wrong with a catalogue: where it stands, and a sentence that is translated when read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from portal.core.text import Marked, _l, translate

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. `line` counts from 1; 0 when there is no file, or all of it."""

    path: Path
    marked: Marked
    values: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0

    @property
    def message(self) -> str:
        """Return the sentence in the reader's language."""
        return translate(self.marked, **self.values)

    @property
    def place(self) -> str:
        """Return the path as people write it: `offerings[3].price.monthly`."""
        parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path]
        return "".join(parts).removeprefix(".")

    def __str__(self) -> str:
        """Return line, path and sentence in English, for the command line."""
        line = f"line {self.line}: " if self.line else ""
        path = f"{self.place}: " if self.path else ""
        return f"{line}{path}{self.marked.msgid % self.values}"


class CatalogueError(Exception):
    """A catalogue cannot be used; `faults` are in the order of their lines."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults, key=lambda each: (each.line, each.place))
        super().__init__("\n".join(str(fault) for fault in self.faults))


_OTHER = _l("this value cannot be used here")
_WORDS = {
    "missing": _l("is missing"),
    "extra_forbidden": _l("is not known here"),
    "string_type": _l("write a text"),
    "string_unicode": _l("remove the invisible control characters"),
    "string_too_short": _l("write at least 1 character"),
    "string_too_long": _l("is longer than %(max_length)s characters"),
    "string_pattern_mismatch": _l(
        "does not match: small Latin letters, digits and single hyphens, a letter first"
    ),
    "int_type": _l("write a whole number"),
    "int_parsing": _l("write a whole number"),
    "int_from_float": _l("write a whole number"),
    "model_type": _l("write keys and values here"),
    "tuple_type": _l("write a list"),
    "bool_type": _l("write true or false"),
    "enum": _l("must be one of %(expected)s"),
    "literal_error": _l("must be %(expected)s"),
    "too_long": _l("may have at most %(max_length)s entries"),
    "decimal_max_places": _l("has more than two decimal places"),
    "finite_number": _l("must be a finite number"),
    "greater_than_equal": _l("must be greater than or equal to %(ge)s"),
    "less_than_equal": _l("must be less than or equal to %(le)s"),
    "date_type": _l("write a day, for example 2027-01-31"),
    "date_parsing": _l("write a day, for example 2027-01-31"),
    "date_from_datetime_parsing": _l("write a day, for example 2027-01-31"),
    "date_from_datetime_inexact": _l("write a day, for example 2027-01-31"),
    "sum_is_inexact": _l("write the sum as a whole number or in quotes, for example “690.50”"),
    "sum_is_unreadable": _l("write a sum in tenge"),
    "text_is_unstorable": _l("remove the invisible control characters"),
}


def faults_of(error: ValidationError, above: Path = ()) -> list[Fault]:
    """Return what pydantic found, in words of ours; `above` is put before each path."""
    return [
        Fault((*above, *each["loc"]), _WORDS.get(each["type"], _OTHER), _plain(each.get("ctx", {})))
        for each in error.errors()
    ]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write what pydantic expects as a plain list: it quotes the words and says “or”."""
    expected = str(values.get("expected", "")).replace("'", "").replace(" or ", ", ")
    return {**values, "expected": expected}
