"""Requests to addresses of others, which we don't trust.

No name that changes its address between two looks can make us talk to the operator's own network:
each connection goes to an address that was looked at itself, and ends at a deadline, however
slowly the other side talks. Source: security-checklist, requests to addresses of others.
"""

import socket
import ssl
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import httpcore

LARGEST_BODY = 32 * 1024**2  # bytes, unpacked
PATIENCE = 120.0  # seconds for all of it
SILENCE = 15.0  # seconds for a connection, or between two pieces
_EMBEDS = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
Address = IPv4Address | IPv6Address


class PrivateAddressError(Exception):
    """A name leads into a network that the guard does not allow; the message is the name."""


@dataclass(frozen=True)
class Guard:
    """Where we may go, and how long. `networks` are private ones that the operator allows.

    `context` is whom we trust; None: the system's authorities (SSL_CERT_FILE names others).
    `largest` is in bytes, `patience` in seconds.
    """

    networks: tuple[str, ...] = ()
    context: ssl.SSLContext | None = None
    largest: int = LARGEST_BODY
    patience: float = PATIENCE

    def allows(self, address: Address) -> bool:
        """Say whether we may talk to an address."""
        if any(address in ip_network(network) for network in self.networks):
            return True
        return _is_public(address)


class Deadline:
    """The moment at which all talk ends, `patience` seconds from the last `begin`."""

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self.begin()

    def begin(self) -> None:
        """Let the time run anew, for another request."""
        self._at = time.monotonic() + self.patience

    def left(self, timeout: float | None) -> float:
        """Return how long a step may take. Raises httpcore.ReadTimeout when the time is over."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline has passed")
        return min(left, timeout or SILENCE)


def is_plain_https(url: str) -> bool:
    """Say whether an address is https, without a name of a user, blanks or strange letters."""
    try:
        parts = urlsplit(url)
        port = parts.port or 443  # Raises if it is no number.
    except ValueError:
        return False
    is_whole = bool(parts.hostname and port) and "@" not in parts.netloc and url.isascii()
    return is_whole and parts.scheme == "https" and not any(letter.isspace() for letter in url)


def guarded_pool(guard: Guard, deadline: Deadline) -> httpcore.ConnectionPool:
    """Return connections that go only where the guard allows, and end at the deadline.

    Using them raises PrivateAddressError, httpcore's errors and OSError.
    """
    context = guard.context or ssl.create_default_context()
    backend = _GuardedBackend(guard, deadline)
    return httpcore.ConnectionPool(ssl_context=context, network_backend=backend)


def words(error: Exception) -> str:
    """Return what went wrong on the way, in a few technical words."""
    return str(error)[:120] or type(error).__name__


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects to addresses that the guard allows, and to no name."""

    def __init__(self, guard: Guard, deadline: Deadline) -> None:
        self._guard = guard
        self._deadline = deadline
        self._wire = httpcore.SyncBackend()

    def connect_tcp(self, *_nothing: Any, **asked: Any) -> httpcore.NetworkStream:
        address = self._address_of(asked["host"], asked["port"])
        wait = self._deadline.left(asked["timeout"])
        stream = self._wire.connect_tcp(**asked | {"host": str(address), "timeout": wait})
        return _TimedStream(stream, self._deadline)

    def _address_of(self, host: str, port: int) -> Address:
        """Return the address to connect to; refuse if any that the name has is not allowed."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except UnicodeError as error:  # a label of more than 63 letters
            raise OSError("this is no name of a host") from error
        addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
        if not addresses or not all(self._guard.allows(each) for each in addresses):
            raise PrivateAddressError(host)
        return addresses[0]


class _TimedStream(httpcore.NetworkStream):
    """A connection that ends at the deadline, however slowly the other side talks."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        wait = self._deadline.left(timeout)
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, wait), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return _is_public(address.ipv4_mapped)
        if any(address in network for network in _EMBEDS):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
