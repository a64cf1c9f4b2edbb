"""Counting SQL statements, those of sessions and of row-level security included."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

_NOT_COUNTED = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Give the list of statements that run meanwhile; the harness's own are left out."""
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, _p: Any, context: Any, _many: bool) -> None:
        options = context.execution_options if context else {}
        if not statement.startswith(_NOT_COUNTED) and not options.get("harness"):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
