"""Say when Kabinet is ready: the one table of addresses and people."""

import os
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import Process
from urllib.error import URLError
from urllib.request import urlopen

from dnslib import DNSError, DNSRecord

from portal.laptop.place import LISTENS_ON, Place

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
    missing = _wait_until_ready(place)
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


def _wait_until_ready(place: Place) -> str:
    """Return '' as soon as pages and DNS answer, or what was missing to the last."""
    deadline = time.monotonic() + LONGEST_START_SECONDS
    supervisor = os.getppid()
    while missing := _missing(place):
        if time.monotonic() > deadline or os.getppid() != supervisor:
            return missing
        time.sleep(0.2)
    return ""


def _missing(place: Place) -> str:
    try:
        with urlopen(place.ready_url, timeout=5) as answer:  # noqa: S310 (our own http address)
            answer.read()
        question = DNSRecord.question("example.kz")
        told = DNSRecord.parse(question.send(LISTENS_ON, place.dns_port, timeout=1))
    except URLError as error:
        return str(error.reason)
    except (OSError, DNSError) as error:
        return str(error)
    # An upstream that somebody named may be out of reach: that is told by each question.
    return "" if told.rr or not place.has_own_upstream else "the demo’s DNS does not answer"


def _table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Set rows in columns."""
    cells = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
