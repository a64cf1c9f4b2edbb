"""Keyset pages: a cursor names the last row seen, never a number of rows to pass over."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from portal.core.db import session
from portal.core.text import is_storable

T = TypeVar("T")
PER_PAGE = 25
_LARGEST, _LARGEST_LONG = 2**31, 2**63


@dataclass(frozen=True)
class Page(Generic[T]):
    """A stretch of a list. `next` is the cursor of the following page, None at the end."""

    items: Sequence[T]
    next: str | None

    def __iter__(self) -> Any:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def page_of(
    query: Select[Any],
    *keys: InstrumentedAttribute[Any],
    after: str | None = None,
    newest_first: bool = True,
    per_page: int = PER_PAGE,
) -> Page[Any]:
    """Return the page of `query` behind the cursor `after`, ordered by `keys`.

    The last key must be unique. A cursor that nobody gave out starts from the beginning.
    """
    seen = _read_cursor(after, keys)
    if seen is not None:
        place = tuple_(*keys)
        query = query.where(place < seen if newest_first else place > seen)
    order = [key.desc() if newest_first else key.asc() for key in keys]
    rows = session.scalars(query.order_by(*order).limit(per_page + 1)).all()
    items = rows[:per_page]
    more = len(rows) > per_page
    return Page(items, _write_cursor(items[-1], keys) if more else None)


def _write_cursor(row: Any, keys: tuple[InstrumentedAttribute[Any], ...]) -> str:
    values = [_written(getattr(row, key.key)) for key in keys]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _written(value: Any) -> list[str]:
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    kind = "u" if isinstance(value, UUID) else "i" if isinstance(value, int) else "s"
    return [kind, str(value)]


_READERS: dict[str, Callable[[str], Any]] = {
    "t": datetime.fromisoformat,
    "u": UUID,
    "i": int,
    "s": str,
}


def _read_cursor(
    after: str | None, keys: tuple[InstrumentedAttribute[Any], ...]
) -> tuple[Any, ...] | None:
    """Return the values of a cursor, or None if nobody of ours can have given it out."""
    if not after:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        read = tuple(_READERS[kind](value) for kind, value in values)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    wanted = [key.type.python_type for key in keys]
    is_ours = len(read) == len(wanted) and all(map(isinstance, read, wanted))
    return read if is_ours and all(map(_is_storable, read, keys)) else None


def _is_storable(value: Any, key: InstrumentedAttribute[Any]) -> bool:
    """Say whether a column could hold `value`; only then it may be compared with it."""
    if isinstance(value, int):
        return abs(value) < (_LARGEST_LONG if isinstance(key.type, BigInteger) else _LARGEST)
    return not isinstance(value, str) or is_storable(value)
