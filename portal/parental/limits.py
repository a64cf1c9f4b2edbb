"""What the operator's configuration says of parental control."""

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from portal.config import Settings

BATCH = 2000  # rows that a transaction of the nightly sweep forgets: saves wait meanwhile


@dataclass(frozen=True)
class Limits:
    """Sites that nobody can close, and the most sites that a profile holds."""

    never_blocked: tuple[str, ...] = ()
    most: int = 10_000

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        return cls(never_blocked(settings), settings.parental_most_rules)


def never_blocked(settings: Settings) -> tuple[str, ...]:
    """Return the sites that nobody can close: those of NEVER_BLOCK and the portal's own host."""
    own = urlsplit(settings.base_url).hostname or ""
    return (*settings.never_block, *([own] if "." in own else []))


def node_name(settings: Settings) -> str:
    """Return the name of this resolver host."""
    return settings.dns_node_name or socket.gethostname()
