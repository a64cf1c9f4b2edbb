"""Lock requirements.in and requirements-dev.in, hashes and all, for every system we run on.

`python -m deploy.lock --upgrade` takes the newest versions; without it only what changed moves.
"""

import os
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
    "--upgrade",
)


def main() -> None:
    for stem in ("requirements", "requirements-dev"):
        command = [UV, "pip", "compile", *OPTIONS, *sys.argv[1:], f"{stem}.in", "-o", f"{stem}.txt"]
        subprocess.run(command, cwd=ROOT, env=os.environ, check=True)


if __name__ == "__main__":
    main()
