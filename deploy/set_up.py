"""Make .venv with the pinned requirements: `python3 deploy/set_up.py [--tests]`.

Run by make before anything else, with the standard library alone and by any Python 3; it installs
only when a lock file has changed, and says every fault in one sentence.
"""

import argparse
import errno
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOG = ROOT / "var" / "set-up.log"
OLDEST = (3, 11)
NEWER_PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")

FULL_DISK = "The disk is full: free about 500 MB and try again."
NOT_WRITABLE = f"Kabinet may not write to its folder {ROOT}."
NO_NETWORK = (
    "The package index cannot be reached: connect to the internet, or name your mirror in"
    " PIP_INDEX_URL, and try again."
)
WRONG_HASH = (
    "A downloaded package is not the one that was pinned, so it was refused: try again, and if it"
    " stays so, do not trust this mirror."
)

# What pip or venv says -> what a person can do; the first that is found counts.
KNOWN_FAULTS = {
    "No space left on device": FULL_DISK,
    "Disk quota exceeded": FULL_DISK,
    "Permission denied": NOT_WRITABLE,
    "Read-only file system": NOT_WRITABLE,
    "DO NOT MATCH THE HASHES": WRONG_HASH,
    "name resolution": NO_NETWORK,
    "not known": NO_NETWORK,
    "NewConnectionError": NO_NETWORK,
    "ConnectionError": NO_NETWORK,
    "ConnectTimeoutError": NO_NETWORK,
    "ProxyError": NO_NETWORK,
    "Connection broken": NO_NETWORK,
    "timed out": NO_NETWORK,
}
FAULTS_BY_NUMBER = {
    errno.ENOSPC: FULL_DISK,
    errno.EDQUOT: FULL_DISK,
    errno.EACCES: NOT_WRITABLE,
    errno.EPERM: NOT_WRITABLE,
    errno.EROFS: NOT_WRITABLE,
}


class SetUpError(Exception):
    """The message is one sentence for the person at the terminal."""


def use_new_enough_python():
    """Go on with a newer Python of this machine if this one is too old."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER_PYTHONS:
        newer = shutil.which(name)
        if newer:
            os.execv(newer, [newer, *sys.argv])  # noqa: S606 (no shell is wanted)
    this = sys.version.split()[0]
    raise SetUpError(
        f"Kabinet needs Python 3.11 or newer, and this is {this}. Install one, or name it:"
        " make run PYTHON=/path/to/python3"
    )


def check_venv_module():
    missing = [name for name in ("venv", "ensurepip") if not importlib.util.find_spec(name)]
    if missing:
        raise SetUpError(
            f"Python’s module {missing[0]} is missing. On Debian and Ubuntu:"
            " apt install python3-venv"
        )


def run(*command):
    """Run a command with its words in the log; raise SetUpError with what a person can do."""
    with LOG.open("w") as log:
        failed = subprocess.call(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    if failed:
        raise SetUpError(explanation(LOG.read_text(errors="replace")))


def explanation(told):
    """Return the sentence for what a tool complained about."""
    for mark, sentence in KNOWN_FAULTS.items():
        if mark in told:
            return sentence
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    blamed = [line for line in lines if line.startswith("ERROR")] or lines or ["no reason given"]
    return f"The set-up failed: {blamed[0]} (all of it: {LOG})"


def is_sound(venv):
    """Say whether the virtual environment runs, on this version of Python, with pip in it."""
    check = f"import sys, pip; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    try:
        done = subprocess.call(
            [str(venv / "bin" / "python"), "-c", check], stderr=subprocess.DEVNULL
        )
    except OSError:
        return False
    return done == 0


def make_venv():
    if is_sound(VENV):
        return
    tell("Making a virtual environment in .venv")
    shutil.rmtree(str(VENV), ignore_errors=True)
    run(sys.executable, "-m", "venv", VENV)


def install(lock):
    """Install the pinned packages of a lock file, unless that was done already."""
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = VENV / f"installed-{lock.name}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    tell(f"Installing the packages of {lock.name} (up to two minutes)")
    pip = [VENV / "bin" / "python", "-m", "pip", "install", "--no-input", "--retries", "2"]
    run(*pip, "--disable-pip-version-check", "--require-hashes", "--requirement", lock)
    stamp.write_text(wanted)


def tell(step):
    print(f"· {step} ...", flush=True)


def set_up(lock):
    use_new_enough_python()
    check_venv_module()
    LOG.parent.mkdir(mode=0o700, exist_ok=True)
    with (LOG.parent / "set-up.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)  # Two makes at once: the second finds it done.
        started = time.time()
        make_venv()
        install(lock)
        if time.time() - started > 5:
            print(f"  done in {time.time() - started:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description="Prepare what Kabinet runs with.")
    parser.add_argument("--tests", action="store_true", help="with what tests and checks need")
    wanted = parser.parse_args()
    try:
        set_up(ROOT / ("requirements-dev.txt" if wanted.tests else "requirements.txt"))
    except SetUpError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(FAULTS_BY_NUMBER.get(error.errno, f"The set-up failed: {error}"))
    except KeyboardInterrupt:
        sys.exit("\nThe set-up was interrupted; the same command goes on with it.")


if __name__ == "__main__":
    main()
