"""Lock requirements.in and requirements-dev.in, hashes and all, for every system we run on.

`python -m deploy.lock --upgrade` takes the newest versions; without it only what changed moves.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).parent / "uv"
OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--quiet",
)


def lock(stem: str, *more: str) -> None:
    command = [UV, "pip", "compile", *OPTIONS, *sys.argv[1:], *more, f"{stem}.in"]
    subprocess.run([*command, "-o", f"{stem}.txt"], cwd=ROOT, check=True)


def main() -> None:
    """Lock the larger set first; the smaller one has the same versions."""
    lock("requirements-dev")
    lock("requirements", "--constraints=requirements-dev.txt")


if __name__ == "__main__":
    main()
