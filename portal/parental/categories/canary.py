"""The canary: well-known sites that no category may close. A release that does is refused.

It watches for lists that were broken or turned by somebody: one wrong line in a public list has
closed whole hosters before.
"""

from collections.abc import Callable, Collection, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from portal.parental.comparison import names_above

_SHIPPED = Path(__file__).with_name("well_known.txt")


class Caught(NamedTuple):
    """A well-known site that would be closed, the entry that closes it, and its mask."""

    site: str
    entry: str
    mask: int


@cache
def well_known() -> tuple[str, ...]:
    """Return the sites that no category may close."""
    lines = (line.partition("#")[0].strip() for line in _SHIPPED.read_text().splitlines())
    return tuple(line for line in lines if line)


def names_to_ask(sites: Collection[str]) -> set[str]:
    """Return every name whose entry would close one of these sites."""
    return {name for site in sites for name in (site, *names_above(site))}


def caught(sites: Collection[str], mask_of: Callable[[str], int]) -> Iterator[Caught]:
    """Return the sites that are closed where `mask_of` gives the mask of a name's own entry."""
    for site in sites:
        for name in (site, *names_above(site)):
            if mask := mask_of(name):
                yield Caught(site, name, mask)
                break
