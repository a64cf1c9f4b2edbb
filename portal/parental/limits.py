"""What the operator's configuration says of parental control."""

import socket
from urllib.parse import urlsplit

from portal.config import Settings


def never_blocked(settings: Settings) -> tuple[str, ...]:
    """Return the sites that nobody can close: those of NEVER_BLOCK and the portal's own host."""
    own = urlsplit(settings.base_url).hostname or ""
    return (*settings.never_block, *([own] if "." in own else []))


def node_name(settings: Settings) -> str:
    """Return the name of this resolver host."""
    return settings.dns_node_name or socket.gethostname()
