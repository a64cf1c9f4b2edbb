"""Run the tests: `python -m deploy.test [what pytest takes]`; `--long` runs what takes minutes.

With KABINET_NO_SKIP nothing may be skipped, and the tests of the live database and of the
migrations run once more, on Debian's PostgreSQL 15.
"""

import os
import subprocess
import sys
from pathlib import Path

from deploy import tools

ROOT = Path(__file__).resolve().parent.parent
PROCESSES = str(max(2, min(6, os.cpu_count() or 2)))
MUST_NOT_SKIP = "KABINET_NO_SKIP"


def main(wanted: list[str]) -> int:
    _prepare_tools()
    if wanted == ["--long"]:
        return _pytest(["-n", PROCESSES, "-m", "long"])
    if wanted:
        return _pytest(wanted)
    failed = _pytest(["-n", PROCESSES, "-m", "not long"])
    if not failed and os.environ.get(MUST_NOT_SKIP):
        failed = _on_debian_postgres()
    return failed


def _prepare_tools() -> None:
    """Bring what the browser tests use, where we may; say what is missing."""
    for bring in (tools.chromium, tools.axe, tools.dns_servers, tools.faketime, tools.freeradius):
        try:
            bring()
        except tools.MissingToolError as missing:
            print(f"· {missing}", flush=True)


def _pytest(arguments: list[str]) -> int:
    return subprocess.call(
        [sys.executable, "-m", "pytest", "-q", *arguments], cwd=ROOT, env=_compiled_once()
    )


def _compiled_once() -> dict[str, str]:
    """Return the environment of tests: of hundreds of processes none compiles the portal again.

    Where PYTHONDONTWRITEBYTECODE is set each of them would; what is compiled stays under var/.
    """
    ours = os.environ | {"PYTHONPYCACHEPREFIX": str(ROOT / "var" / "pycache")}
    ours.pop("PYTHONDONTWRITEBYTECODE", None)
    return ours


def _on_debian_postgres() -> int:
    print("· Once more on PostgreSQL 15: migrations and live tests", flush=True)
    try:
        installed = tools.debian_postgres()
    except tools.MissingToolError as missing:
        print(missing)
        return 1
    os.environ["KABINET_TEST_POSTGRES"] = str(installed)
    return _pytest(["-n", PROCESSES, "-m", "(live or migration) and not long"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
