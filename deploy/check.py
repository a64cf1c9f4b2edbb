"""Run every check that needs no test: `python -m deploy.check`. All run, also after a failure."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CHECKS = {
    "lint": ("ruff", "check", "--quiet", "."),
    "format": ("ruff", "format", "--check", "--quiet", "."),
    "types": ("mypy",),
    "imports": ("lint-imports", "--no-cache"),
    "templates": ("djlint", "--lint", "--quiet", "templates"),
    "template format": ("djlint", "--check", "--quiet", "templates"),
    "translations": ("flask", "text", "check"),
    "schema": ("python", "-m", "deploy.schema", "check"),
}
# No check reads a database by this address; the application only wants one to be named.
ENVIRONMENT = {"DEBUG": "1", "DATABASE_URL": "postgresql://nowhere/kabinet"}


def passes(name: str, program: str, *arguments: str) -> bool:
    """Run one check and print its outcome in a line, and its words if it failed."""
    started = time.monotonic()
    done = subprocess.run(
        [BIN / program, *arguments],
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    outcome = "FAILED" if done.returncode else "ok"
    print(f"{name:16} {outcome}  {time.monotonic() - started:.1f} s", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0


def main() -> int:
    outcomes = [passes(name, *command) for name, command in CHECKS.items()]
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
