"""Processes that outlived a killed supervisor: found by a mark in their environment."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

MARK = "KABINET_LAPTOP"
PATIENCE_SECONDS = 25


def end_leftovers(var: Path) -> int:
    """End what an earlier, killed run on `var` left running; return how many processes.

    Needs /proc: elsewhere it finds nothing.
    """
    left = _marked(var)
    _tell(left, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _marked(var) and time.monotonic() < deadline:
        time.sleep(0.1)
    _tell(_marked(var), signal.SIGKILL)
    return len(left)


def _marked(var: Path) -> list[int]:
    mark = f"{MARK}={var}".encode()
    found = [one for one in Path("/proc").glob("[0-9]*") if mark in _environment(one)]
    return [int(one.name) for one in found if int(one.name) != os.getpid()]


def _environment(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _tell(processes: list[int], reason: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(process, reason)
