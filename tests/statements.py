"""Count the SQL statements of a page: all but those that only open and close transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

_FRAME = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Give the list that fills with the statements sent while the context lasts."""
    sent: list[str] = []

    def note(
        _connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool
    ) -> None:
        is_ours = not (context and context.execution_options.get("harness"))
        if is_ours and not statement.upper().startswith(_FRAME):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
