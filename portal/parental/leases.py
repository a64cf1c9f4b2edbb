"""A file of who is behind which address, for networks that tell it by no RADIUS.

CSV in UTF-8 with the head `prefix,contract,from`: an IPv4 address or a delegated IPv6 /56; the
number of the contract, or nothing for an address that is nobody's; and since when, with an offset.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from ipaddress import ip_network
from typing import NamedTuple

from portal import written
from portal.parental.accounting import HOME_PREFIX, Network

HEAD = ["prefix", "contract", "from"]
LONGEST_NUMBER = 40


class Lease(NamedTuple):
    """Behind `network` is the home of the contract `number` ('': nobody) since `from_at`."""

    network: Network
    number: str
    from_at: datetime


class LineError(ValueError):
    """A line cannot be read; the message says which one and why."""

    def __init__(self, line: int, why: object) -> None:
        super().__init__(f"line {line}: {why}")


def leases(lines: Iterable[str], *, now: datetime) -> Iterator[Lease | LineError]:
    """Return a lease for each line, or what is wrong with it. Empty lines are passed over."""
    rows = csv.reader(lines, strict=True)
    try:
        if (head := next(rows, [])) != HEAD:
            yield LineError(1, f"write the head {','.join(HEAD)}, not {','.join(head)[:80]!r}")
            return
        for row in rows:
            if row:
                yield _lease(row, rows.line_num, now)
    except csv.Error as error:
        yield LineError(rows.line_num, error)


def _lease(row: list[str], line: int, now: datetime) -> Lease | LineError:
    try:
        prefix, number, since = (value.strip() for value in row)
        return Lease(_network(prefix), _number(number), _moment(since, now))
    except ValueError as error:
        return LineError(line, error)


def _network(prefix: str) -> Network:
    network = ip_network(prefix)
    if network.prefixlen != (32 if network.version == 4 else HOME_PREFIX):
        raise ValueError(f"{prefix}: write one IPv4 address, or an IPv6 prefix of /{HOME_PREFIX}")
    return network


def _number(number: str) -> str:
    if len(number) > LONGEST_NUMBER or not number.isprintable():
        raise ValueError("this is no number of a contract")
    return number


def _moment(since: str, now: datetime) -> datetime:
    moment = written.instant(since)
    if moment is None or moment > now:
        raise ValueError("write since when, for example 2026-11-22T14:48:00+05:00, and not later")
    return moment
