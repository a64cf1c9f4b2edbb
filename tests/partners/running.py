"""Partner systems as processes of their own, on loopback, ended with the test."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def partner(module: str, *arguments: str) -> Iterator[str]:
    """Run `python -m module ...`; give the line it prints when it listens, which is its address."""
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address.startswith("http"), "the partner did not start"
            yield address
        finally:
            process.terminate()
