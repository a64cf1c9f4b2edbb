"""Files are shown to the operator’s clamd before they are kept. Source: security-checklist 32."""

import logging
import socket
from typing import cast

from flask import current_app

from portal.config import Settings
from portal.core.errors import RuleError
from portal.core.text import _l

log = logging.getLogger(__name__)

_SECONDS = 20
_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096


def is_clean(content: bytes) -> bool:
    """Return True if clamd found nothing, False if nobody looked: no CLAMD_URL, or it is away.

    Raises RuleError (field `file`) for a file in which it found something.
    """
    settings = cast(Settings, current_app.config["SETTINGS"])
    if settings.clamd is None:
        return False
    try:
        answer = _ask(settings.clamd, content)
    except OSError as away:
        log.warning("scanning.away kind=%s", type(away).__name__)
        return False
    if answer.endswith(" FOUND"):
        log.warning("scanning.found what=%s", answer.removesuffix(" FOUND")[:100])
        raise RuleError(_l("A virus was found in this file. It is not kept."), field="file")
    if answer != "stream: OK":
        log.warning("scanning.unclear answer=%s", answer[:100])
    return answer == "stream: OK"


def _ask(address: tuple[str, int], content: bytes) -> str:
    """Send a file by INSTREAM, in pieces with their length before each; return the answer."""
    with socket.create_connection(address, timeout=_SECONDS) as clamd:
        clamd.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), _CHUNK):
            piece = content[start : start + _CHUNK]
            clamd.sendall(len(piece).to_bytes(4, "big") + piece)
        clamd.sendall(bytes(4))
        told = b""
        while not told.endswith(b"\0") and len(told) < _LONGEST_ANSWER:
            if not (more := clamd.recv(_LONGEST_ANSWER)):
                break
            told += more
    return told.rstrip(b"\0").decode(errors="replace")
