"""Say when Kabinet is ready: the one table of addresses and people."""

import os
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import Process
from urllib.error import URLError
from urllib.request import urlopen

from portal.laptop.place import Place

LONGEST_START_SECONDS = 90
People = Sequence[Sequence[str]]


@contextmanager
def announcing(place: Place, people: People) -> Iterator[None]:
    """Wait beside the supervisor until the portal is ready, then print the table."""
    announcer = Process(target=_announce, args=(place, people))
    announcer.start()
    try:
        yield
    finally:
        announcer.terminate()
        announcer.join()


def _announce(place: Place, people: People) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    missing = _wait_until_ready(place.ready_url)
    if missing:
        print(f"\nKabinet does not become ready: {missing}. Its messages above say why.\n")
        return
    addresses = (
        ("The portal", place.base_url),
        ("Its mail", f"{place.base_url}/dev/mailbox"),
        ("Write to it", f"{place.service_address}, by SMTP to 127.0.0.1:{place.mail_in_port}"),
        ("Its DNS", f"dig @127.0.0.1 -p {place.dns_port} roblox.com"),
    )
    parts = [*_table(addresses), "", *_table(people), "", "Ctrl-C stops everything."]
    rule = "─" * (max(map(len, parts)) + 2)
    print("\n".join(["", rule, *(f" {part}" for part in parts), rule, ""]), flush=True)


def _wait_until_ready(address: str) -> str:
    """Return '' as soon as the portal says it is ready, or what was missing to the last."""
    deadline = time.monotonic() + LONGEST_START_SECONDS
    missing = ""
    supervisor = os.getppid()
    while time.monotonic() < deadline and os.getppid() == supervisor:
        try:
            with urlopen(address, timeout=5) as answer:  # noqa: S310 (our own http address)
                answer.read()
                return ""
        except URLError as error:
            missing = str(error.reason)
        except OSError as error:
            missing = str(error)
        time.sleep(0.3)
    return missing


def _table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Set rows in columns."""
    cells = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
