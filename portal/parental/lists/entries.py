"""What lists are made of, whatever their format."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from portal.core.errors import RuleError
from portal.core.text import Marked
from portal.parental.sites import Action


class Format(StrEnum):
    """How a list is written."""

    HOSTS = "hosts"
    PLAIN = "plain"
    ADBLOCK = "adblock"
    DNSMASQ = "dnsmasq"
    RPZ = "rpz"
    CSV = "csv"
    JSON = "json"


class Named(NamedTuple):
    """A site as a list writes it, and what the list says of it. No action: the reader's own."""

    text: str
    action: Action | None = None
    note: str = ""
    expires_at: datetime | None = None
    in_windows: bool = False


class Piece(NamedTuple):
    """A line (of JSON: a rule), counted from 1: the sites that it names, or why it is refused."""

    number: int
    text: str
    named: list[Named] | RuleError


class Entry(NamedTuple):
    """A rule that a list asks for. `line` counts from 1.

    `expires_at` None: it never ends. `in_windows`: it counts only in times of the week.
    """

    line: int
    name: str
    subdomains_only: bool
    action: Action
    note: str = ""
    expires_at: datetime | None = None
    in_windows: bool = False

    @property
    def lasts(self) -> bool:
        """Whether it counts at any time, now and later."""
        return self.expires_at is None and not self.in_windows


class Refusal(NamedTuple):
    """What can't be taken, and why: the fault's sentence with its values."""

    line: int
    text: str
    fault: RuleError


@dataclass(frozen=True)
class Reading:
    """What stands in a list, in its order, and the format that was read."""

    format: Format = Format.PLAIN
    entries: list[Entry] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


Reader = Callable[[str], Iterator[Piece]]


def fault(message: Marked, **values: object) -> RuleError:
    """Return why a list, or a piece of it, can't be taken."""
    return RuleError(message, field="file", **values)
