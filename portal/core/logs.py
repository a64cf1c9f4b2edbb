"""One line per event: JSON in production, plain on a laptop; ids only, never names or texts."""

import json
import logging
import sys
from datetime import UTC, datetime

from flask import g, has_request_context


class _WithRequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = g.get("request_id", "-") if has_request_context() else "-"
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
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure(*, as_json: bool) -> None:
    """Send everything from level INFO on to the standard error stream."""
    handler = logging.StreamHandler(sys.stderr)
    plain = logging.Formatter("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")
    handler.setFormatter(_JsonLines() if as_json else plain)
    handler.addFilter(_WithRequestId())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in ("procrastinate", "httpx", "alembic.runtime", "_granian", "mail.log"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
