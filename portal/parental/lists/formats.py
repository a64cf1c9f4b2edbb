"""Which format a list has, as it looks or as the reader says."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice

from portal.parental.lists.addresses import ADDRESS
from portal.parental.lists.dnsmasq import is_dnsmasq
from portal.parental.lists.entries import Format, Reader
from portal.parental.lists.lines import (
    adblock,
    any_line,
    by_line,
    dnsmasq,
    hosts,
    is_comment,
    numbered_lines,
    plain,
)
from portal.parental.lists.objects import read_json
from portal.parental.lists.rpz import read_rpz
from portal.parental.lists.tables import is_head, read_csv

LOOKED_AT = 500  # lines
_OBJECTS = re.compile(r'\s*(?:\{|\[\s*(?:[{"\[]|\]))')
_ZONE = re.compile(r"\$(?:ORIGIN|TTL)\b|[^#!|/]*\s(?:SOA|CNAME)\s", re.IGNORECASE)
READERS: dict[Format, Reader] = {
    Format.HOSTS: by_line(hosts),
    Format.PLAIN: by_line(plain),
    Format.ADBLOCK: by_line(adblock),
    Format.DNSMASQ: by_line(dnsmasq),
    Format.RPZ: read_rpz,
    Format.CSV: read_csv,
    Format.JSON: read_json,
}
_whole_lines = by_line(any_line)


def recognised(text: str) -> tuple[Format, Reader]:
    """Return what a list looks like, and what reads it.

    Hosts, plain, adblock and dnsmasq lines may stand in one list: each is read as it looks, and
    the format is that of most.
    """
    if _OBJECTS.match(text.removeprefix("\ufeff")[:1000]):
        return Format.JSON, read_json
    lines = [line for _number, line in islice(numbered_lines(text), LOOKED_AT)]
    telling = [line[:1000] for line in lines if not is_comment(line) and line[0] != ";"]
    if telling and is_head(telling[0]):
        return Format.CSV, read_csv
    if any(_ZONE.match(line) for line in telling):
        return Format.RPZ, read_rpz
    return _most(telling), _whole_lines


def _most(lines: Iterable[str]) -> Format:
    counted = Counter(_looks(line) for line in lines)
    return max(counted, key=lambda kind: counted[kind], default=Format.PLAIN)


def _looks(line: str) -> Format:
    if line.startswith(("|", "@@")):
        return Format.ADBLOCK
    if is_dnsmasq(line):
        return Format.DNSMASQ
    words = line.split(maxsplit=1)
    return Format.HOSTS if len(words) > 1 and ADDRESS.fullmatch(words[0]) else Format.PLAIN
