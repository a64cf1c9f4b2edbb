"""What was closed, as servers tell it to the node of their host: a datagram each, nobody waits.

0  u32  policy id, big-endian
4  u8   the place of the outcome in CODES
5  u8   the bit of the category or service that closed, 255 = none
6       the wire name, only if the parents keep a log of what was closed
"""

import socket
import struct
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from portal.parental.policy import dotted_name
from portal.parental.verdict import Outcome

CODES = (Outcome.PAUSE, Outcome.OWN_BLOCK, Outcome.BEDTIME, Outcome.WINDOW, Outcome.CATEGORY)
NO_BIT = 255
SOCKET = "closed.sock"  # in the store's folder
LONGEST = 6 + 255
LONGEST_PATH = 107  # Source: unix(7)
_ROOM = 4 << 20  # bytes; the kernel gives what it may
_HEAD = struct.Struct(">IBB")


class Closing(NamedTuple):
    """One question that was closed; `name` is '' unless the parents keep a log."""

    policy_id: int
    outcome: Outcome
    bit: int | None
    name: str = ""

    @classmethod
    def decode(cls, data: bytes) -> "Closing":
        """Read it. Raises ValueError if these bytes are none."""
        try:
            policy_id, code, bit = _HEAD.unpack_from(data)
            name = dotted_name(data[_HEAD.size :]) if len(data) > _HEAD.size else ""
            return cls(policy_id, CODES[code], None if bit == NO_BIT else bit, name)
        except (struct.error, IndexError) as error:
            raise ValueError("not a closing") from error


def encode(policy_id: int, outcome: Outcome, mask: int, name: bytes = b"") -> bytes:
    """Return the datagram; of several categories the one with the lowest bit counts."""
    bit = (mask & -mask).bit_length() - 1 if mask else NO_BIT
    return _HEAD.pack(policy_id, CODES.index(outcome), bit) + name


class Teller:
    """The server's end: it tells, and forgets what can't be told at once."""

    def __init__(self, folder: Path) -> None:
        self._at = str(folder.resolve() / SOCKET)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def close(self) -> None:
        self._socket.close()

    def tell(self, datagram: bytes) -> None:
        with suppress(OSError):  # Without a node, or with a slow one, nothing is counted.
            self._socket.sendto(datagram, self._at)


def listen(folder: Path) -> socket.socket:
    """Return the node's end. Raises OSError if the path is too long or not ours."""
    path = folder.resolve() / SOCKET
    path.unlink(missing_ok=True)
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
    heard.bind(str(path))
    path.chmod(0o660)
    return heard
