"""Lists of which each line stands for itself: hosts files, plain names, adblock rules, dnsmasq.

Source: parental-control.md, "Import and export" and "Reading a site".
"""

import re
from collections.abc import Callable, Iterator

from portal.core.errors import RuleError
from portal.core.text import _l
from portal.parental.lists.addresses import ADDRESS, NOWHERE, elsewhere
from portal.parental.lists.dnsmasq import dnsmasq_line, is_dnsmasq
from portal.parental.lists.entries import Named, Piece, Reader, fault
from portal.parental.sites import Action

HEADING = re.compile(r"\[Ad.*\]", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\n|\r")
_COMMENT = re.compile(r"\s#.*")
_PART_OF_PAGE = re.compile(r"#[@?$%]*#")
_ADBLOCK = re.compile(r"(@@)?\|\|([^/^$|]+)\^")
_LOCAL = frozenset(
    [
        *NOWHERE,
        *("localhost", "localhost.localdomain", "local", "broadcasthost"),
        *("localhost4", "localhost4.localdomain4", "localhost6", "localhost6.localdomain6"),
        *("ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix"),
        *("ip6-allnodes", "ip6-allrouters", "ip6-allhosts"),
    ]
)


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """Return the lines of any system, counted from 1, without marks and space around them."""
    for number, line in enumerate(_LINE_END.split(text), start=1):
        yield number, line.strip("\ufeff \t")


def is_comment(line: str) -> bool:
    return not line or line[0] in "#!" or bool(HEADING.fullmatch(line))


def by_line(named: Callable[[str], list[Named]]) -> Reader:
    """Return a reader that gives each line that is no comment to `named`."""

    def read(text: str) -> Iterator[Piece]:
        for number, line in numbered_lines(text):
            if is_comment(line):
                continue
            try:
                yield Piece(number, line, named(line))
            except RuleError as reason:
                yield Piece(number, line, reason)

    return read


def any_line(line: str) -> list[Named]:
    """Read a line of any of these formats, as it looks."""
    if line.startswith(("|", "@@")) or _PART_OF_PAGE.search(line):
        return adblock(line)
    if is_dnsmasq(line):
        return dnsmasq(line)
    words = line.split(maxsplit=1)
    return hosts(line) if len(words) > 1 and ADDRESS.fullmatch(words[0]) else plain(line)


def adblock(line: str) -> list[Named]:
    """Read ||site^ and @@||site^. Raises RuleError for rules that mean less than a whole site."""
    if _PART_OF_PAGE.search(line):
        raise fault(_l("This rule hides a part of a page. Only whole sites can be closed."))
    if rule := _ADBLOCK.fullmatch(line):
        return [Named(rule[2], Action.ALLOW if rule[1] else Action.BLOCK)]
    _refuse_pattern(line)
    if "$" in line:
        raise fault(_l("This rule has conditions after $, which can’t be kept for a whole site."))
    raise fault(_l("This rule means single pages. Only whole sites can be closed: ||site^"))


def dnsmasq(line: str) -> list[Named]:
    """Read the line of a dnsmasq configuration."""
    return dnsmasq_line(_without_comment(line))


def hosts(line: str) -> list[Named]:
    """Read an address that leads nowhere, and the sites after it."""
    address, *names = _without_comment(line).split()
    if not ADDRESS.fullmatch(address):
        raise fault(_l("A line of a hosts file begins with an address: 0.0.0.0 site"))
    if not names:
        raise fault(_l("There is no site after the address."))
    sites = [name for name in names if name.lower() not in _LOCAL]
    if sites and address not in NOWHERE:
        raise elsewhere()
    return [Named(site) for site in sites]


def plain(line: str) -> list[Named]:
    """Read one site."""
    _refuse_pattern(line)
    return [Named(_without_comment(line))]


def _without_comment(line: str) -> str:
    return _COMMENT.sub("", line).rstrip()


def _refuse_pattern(line: str) -> None:
    if line.startswith("/") and line.endswith("/") and not line.startswith("//"):
        raise fault(_l("This is a pattern of names. Write each site in a line of its own."))
