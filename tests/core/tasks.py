"""Tasks for the tests of the jobs: they leave marks in files, so that a killed worker is seen."""

import time
from pathlib import Path

from portal.core.jobs import task


@task()
def leave_mark(path: str, wait: float = 0.0) -> None:
    """Add a line when it starts and one when it ends."""
    with Path(path).open("a") as file:
        file.write("started\n")
    time.sleep(wait)
    with Path(path).open("a") as file:
        file.write("ended\n")


@task(tries=3)
def fail_once(path: str) -> None:
    """Raise at the first try only."""
    file = Path(path)
    if not file.exists():
        file.write_text("tried\n")
        raise RuntimeError("the first try")
    with file.open("a") as again:
        again.write("done\n")
