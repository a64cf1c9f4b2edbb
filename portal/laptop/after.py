"""Begin a program when the portal is ready: `python after.py READY_URL MODULE [ARGUMENT ...]`.

Run as a file, so that waiting loads nothing of the portal.
"""

import runpy
import sys
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

LONGEST_WAIT_SECONDS = 60
_STEP_SECONDS = 0.2


def main(ready_url: str, *command: str) -> None:
    """Wait until the portal is ready, a minute at most, and become the program."""
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while time.monotonic() < deadline and not _is_ready(ready_url):
        time.sleep(_STEP_SECONDS)
    sys.path[0] = str(Path.cwd())  # as `python -m` has it
    sys.argv = list(command)
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)


def _is_ready(ready_url: str) -> bool:
    address = urlsplit(ready_url)
    connection = HTTPConnection(address.netloc, timeout=5)
    try:
        connection.request("GET", address.path)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
