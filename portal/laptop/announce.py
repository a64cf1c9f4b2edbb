"""Say when Kabinet is ready: the one table of addresses and people."""

import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from urllib.error import URLError
from urllib.request import urlopen

from portal.laptop.place import Place

LONGEST_START_SECONDS = 90


def announce(place: Place) -> int:
    """Wait until the portal is ready, then print the table. Returns an exit code."""
    people = _people(place)
    unready = _wait_until_ready(place.ready_url)
    if unready:
        print(f"\nKabinet does not become ready ({unready}). Its messages above say why.\n")
        return 1
    addresses = (
        ("The portal", place.base_url),
        ("Its mail", f"{place.base_url}/dev/mailbox"),
        ("Its DNS", f"dig @127.0.0.1 -p {place.dns_port} roblox.com"),
    )
    parts = [*_table(addresses), "", *_table(people), "", "Ctrl-C stops everything."]
    width = max(map(len, parts))
    rule = "─" * (width + 2)
    print("\n".join(["", rule, *(f" {part}" for part in parts), rule, ""]), flush=True)
    return 0


def _wait_until_ready(address: str) -> str:
    """Return '' as soon as the portal says it is ready, or what was missing to the last."""
    deadline = time.monotonic() + LONGEST_START_SECONDS
    missing = ""
    while time.monotonic() < deadline:
        try:
            with urlopen(address, timeout=5) as answer:  # noqa: S310 (our own http address)
                answer.read()
                return ""
        except URLError as error:
            missing = str(error.reason)
        except OSError as error:
            missing = str(error)
        time.sleep(0.1)
    return missing


def _people(place: Place) -> list[list[str]]:
    told = subprocess.run(
        [sys.executable, "-m", "flask", "demo", "people"],
        cwd=place.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    return [line.split("\t") for line in told.splitlines()]


def _table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Set rows in columns."""
    cells = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
