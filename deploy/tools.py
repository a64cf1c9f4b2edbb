"""What the tests use besides Python: a browser, axe-core, Debian's PostgreSQL and DNS servers.

Root on a Debian may install packages, so there they are installed; elsewhere a line says how.
"""

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "var" / "axe" / "axe.min.js"
AXE_PACKAGE = "axe-core@4.14.1"
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
DEBIAN_POSTGRES = Path("/usr/lib/postgresql/15")
DAEMONS = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"
FAKETIME = "/usr/lib/*/faketime/libfaketimeMT.so.1"
RLM_REST = "/usr/lib/freeradius/rlm_rest.so"
POLICY = Path("/usr/sbin/policy-rc.d")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


class MissingToolError(Exception):
    """A tool is not there; the message says how to get it."""


def installed_chromium() -> str | None:
    """Return the path of a Chromium that is there: KABINET_CHROMIUM, or one on the PATH."""
    return os.environ.get("KABINET_CHROMIUM") or _found(CHROMIUMS)


def chromium() -> str:
    """Return the path of a Chromium, installed now if it must be."""
    found = installed_chromium() or (_apt_get("chromium") and installed_chromium())
    if not found:
        raise MissingToolError(
            "No Chromium: browser tests are skipped. On Debian: apt install chromium;"
            " elsewhere name one in KABINET_CHROMIUM."
        )
    return found


def axe() -> Path:
    """Return the path of axe-core's script, fetched once from the npm registry and checked."""
    if not AXE.exists():
        if not (_found(["npm"]) or _apt_get("npm")):
            raise MissingToolError("No npm: tests with axe-core are skipped. Install Node.js.")
        _fetch_axe()
    return AXE


def debian_postgres() -> Path:
    """Return the folder of Debian's PostgreSQL 15, installed now if it must be."""
    server = DEBIAN_POSTGRES / "bin" / "postgres"  # The folder alone may hold only a client.
    if not server.exists():
        _apt_get("postgresql-15")
    if not server.exists():
        raise MissingToolError("No PostgreSQL 15. On Debian 12: apt install postgresql-15.")
    return DEBIAN_POSTGRES


def dns_servers() -> tuple[str, str]:
    """Return the paths of dnsdist (with LuaJIT) and unbound, installed now if they must be."""
    return _server("dnsdist"), _server("unbound")


def faketime() -> str:
    """Return the path of libfaketime, with which a test turns the clock of another program."""
    found = glob(FAKETIME) or (_apt_get("libfaketime") and glob(FAKETIME))
    if not found:
        raise MissingToolError("No libfaketime: tests of time in dnsdist are skipped.")
    return found[0]


def freeradius() -> tuple[str, str]:
    """Return the paths of freeradius (with rlm_rest) and radclient, installed if they must be."""
    if not glob(RLM_REST):
        _apt_get("freeradius-rest")
    return _server("freeradius"), _server("radclient", package="freeradius-utils")


def _server(program: str, package: str = "") -> str:
    """Return the path of a program that most users have not on their PATH."""
    found = shutil.which(program, path=DAEMONS)
    if not found and _apt_get(package or program):
        found = shutil.which(program, path=DAEMONS)
    if not found:
        raise MissingToolError(
            f"No {program}: its tests are skipped. On Debian 12: apt install {package or program}."
        )
    return found


def _found(names: list[str] | tuple[str, ...]) -> str | None:
    return next((path for path in map(shutil.which, names) if path), None)


def _apt_get(package: str) -> bool:
    """Install a Debian package if we may; say whether it worked."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    print(f"· Installing Debian’s package {package} ...", flush=True)
    apt_get = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    install = [*apt_get, "install", "--yes", "--no-install-recommends", package]
    with services_at_rest():
        return all(_runs(command) for command in ([*apt_get, "update"], install))


@contextmanager
def services_at_rest() -> Iterator[None]:
    """Keep Debian from starting the service of an installed package: a test wants the program."""
    is_ours = not POLICY.exists()
    if is_ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        yield
    finally:
        if is_ours:
            POLICY.unlink(missing_ok=True)


def _runs(command: list[str]) -> bool:
    done = subprocess.run(
        command,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(f"  {' '.join(command)} failed: {done.stderr.strip().splitlines()[-1:]}")
    return done.returncode == 0


def _fetch_axe() -> None:
    print("· Fetching axe-core with npm ...", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        if not _runs(["npm", "pack", "--silent", "--pack-destination", folder, AXE_PACKAGE]):
            raise MissingToolError("axe-core could not be fetched: its tests are skipped.")
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as packed:
            member = packed.extractfile("package/axe.min.js")
            script = member.read() if member else b""
    if hashlib.sha256(script).hexdigest() != AXE_SHA256:
        raise MissingToolError(f"The fetched {AXE_PACKAGE} is not the one that was pinned.")
    AXE.parent.mkdir(parents=True, exist_ok=True)
    AXE.write_bytes(script)
