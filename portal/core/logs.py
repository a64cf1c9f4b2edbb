"""One line per event: JSON in production, plain on a laptop; ids only, never names or texts."""

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
from flask import g, has_request_context
from sqlalchemy.exc import SQLAlchemyError


class _Discreet(logging.Filter):
    """Names the request, and keeps what people typed out of the traces."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = g.get("request_id", "-") if has_request_context() else "-"
        if record.exc_info and record.exc_info[1]:
            record.exc_text = trace(record.exc_info[1])
        return True


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        if record.exc_text:
            line["trace"] = record.exc_text
        return json.dumps(line, ensure_ascii=False)


def trace(error: BaseException) -> str:
    """Return an error and its causes, the first cause first, with the places in the code.

    What a database says is left out, as it quotes what was typed; code and constraint stay.
    """
    links = [
        "".join(traceback.format_tb(each.__traceback__)) + _headline(each)
        for each in reversed(list(_causes(error)))
    ]
    return "\n".join(links)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _headline(error: BaseException) -> str:
    kind = type(error).__name__
    if isinstance(error, psycopg.Error):
        return f"{kind} sqlstate={error.sqlstate} constraint={error.diag.constraint_name}"
    return kind if isinstance(error, SQLAlchemyError) else f"{kind}: {error}"


def configure(*, as_json: bool) -> None:
    """Send everything from level INFO on to the standard error stream."""
    handler = logging.StreamHandler(sys.stderr)
    plain = logging.Formatter("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")
    handler.setFormatter(_JsonLines() if as_json else plain)
    handler.addFilter(_Discreet())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in ("procrastinate", "httpx", "alembic.runtime", "_granian", "mail.log"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
