"""Values of a sentence: kept as JSON, written in the language of whoever reads it."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.core import text


def kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` as JSON that remembers what they are.

    Takes str, int, Decimal (a sum in tenge), datetime (aware), date, and
    {"kk": ..., "ru": ..., "en": ...}.
    """
    return {name: _kept(value) for name, value in values.items()}


def _kept(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"sum": str(value)}
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    if isinstance(value, Mapping):
        return {"in": dict(value)}
    return value if isinstance(value, int) else str(value)


def written(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return kept values as the reader's language writes them: sums, days, times, names."""
    return {name: _written(value) for name, value in values.items()}


def _written(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, raw),) = value.items()
    return _WRITERS[kind](raw)


_WRITERS = {
    "sum": lambda raw: text.money(Decimal(raw)),
    "at": lambda raw: text.deadline(datetime.fromisoformat(raw)),
    "on": lambda raw: text.day(date.fromisoformat(raw)),
    "in": text.in_language,
}
