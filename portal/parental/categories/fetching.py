"""Subscriptions: a list taken over https from somebody whom we don't trust.

No redirect, no name that changes its address between two looks and no answer can make us talk to
the operator's own network: each connection goes to an address that was looked at itself. What is
read is bounded in bytes and in time, also unpacked.
Source: parental-control.md, "Bad input"; security-checklist, requests to addresses of others.
"""

import socket
import ssl
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore

from portal.core.errors import RuleError
from portal.core.text import Marked, _l

LARGEST_BODY = 32 * 1024**2  # bytes, unpacked
PATIENCE = 120.0  # seconds for all of it
SILENCE = 15.0  # seconds for a connection, or between two pieces
MOST_REDIRECTS = 3
_MOVED = frozenset({301, 302, 303, 307, 308})
_EMBEDS = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Guard:
    """What a subscription may do. `networks` are private ones that the operator allows.

    `context` is whom we trust; None: the system's authorities (SSL_CERT_FILE names others).
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


@dataclass(frozen=True)
class Known:
    """What the server told about the content that we have."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Fetched:
    """An answer. `content` is None if nothing has changed since `known`."""

    content: bytes | None
    known: Known = field(default_factory=Known)


def fetch(url: str, known: Known, guard: Guard) -> Fetched:
    """Return what a subscription holds now.

    Raises RuleError (field `url`) if it can't be had within the limits.
    """
    deadline = time.monotonic() + guard.patience
    context = guard.context or ssl.create_default_context()
    backend = _GuardedBackend(guard, deadline)
    try:
        with httpcore.ConnectionPool(ssl_context=context, network_backend=backend) as pool:
            for _hop in range(MOST_REDIRECTS + 1):
                answer = _asked(pool, _checked(url), known, guard)
                if isinstance(answer, Fetched):
                    return answer
                url = urljoin(url, answer)
    except (httpcore.TimeoutException, TimeoutError):
        raise _fault(_l("The server did not answer in time.")) from None
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise _fault(
            _l("The server could not be reached: %(reason)s."), reason=_words(error)
        ) from None
    raise _fault(_l("The address leads to too many other addresses."))


def _checked(url: str) -> str:
    """Return an address that may be asked; where it leads is looked at when it is connected."""
    try:
        parts = urlsplit(url)
        port = parts.port or 443  # Raises if it is no number.
        is_plain = bool(parts.hostname and port) and "@" not in parts.netloc and url.isascii()
    except ValueError:
        is_plain = False
    if not is_plain or any(letter.isspace() for letter in url):
        raise _fault(_l("This is not an address of a list."))
    if parts.scheme != "https":
        raise _fault(_l("Lists are taken over https only; this address is not."))
    return url


def _asked(pool: httpcore.ConnectionPool, url: str, known: Known, guard: Guard) -> Fetched | str:
    """Ask once; return the answer, or the address that it leads to."""
    headers = [("Host", urlsplit(url).netloc), ("User-Agent", "Kabinet"), ("Accept", "text/plain")]
    headers.append(("Accept-Encoding", "gzip"))
    if known.etag:
        headers.append(("If-None-Match", known.etag))
    if known.last_modified:
        headers.append(("If-Modified-Since", known.last_modified))
    wait = dict.fromkeys(("connect", "read", "write", "pool"), SILENCE)
    with pool.stream("GET", url, headers=headers, extensions={"timeout": wait}) as response:
        told = {name.lower(): value.decode("latin-1") for name, value in response.headers}
        if response.status in _MOVED and b"location" in told:
            return told[b"location"]
        if response.status == 304:
            return Fetched(None, known)
        if response.status != 200:
            raise _fault(_l("The server answered with the code %(code)s."), code=response.status)
        content = _bounded(_unpacked(response.iter_stream(), told, guard.largest), guard.largest)
    return Fetched(content, Known(told.get(b"etag", ""), told.get(b"last-modified", "")))


def _unpacked(pieces: Iterable[bytes], told: dict[bytes, str], largest: int) -> Iterator[bytes]:
    packing = told.get(b"content-encoding", "identity").strip().lower()
    if packing in {"", "identity"}:
        yield from pieces
        return
    if packing not in {"gzip", "x-gzip"}:
        raise _fault(_l("The server packs the list in a way that was not asked for."))
    unpacking = zlib.decompressobj(wbits=31)
    try:
        for piece in pieces:
            yield unpacking.decompress(piece, largest + 1)
    except zlib.error:
        raise _fault(_l("The list is packed, and can’t be unpacked.")) from None
    if not unpacking.eof:
        raise _fault(_l("The list is packed, and can’t be unpacked."))


def _bounded(pieces: Iterable[bytes], largest: int) -> bytes:
    content = bytearray()
    for piece in pieces:
        content += piece
        if len(content) > largest:
            raise _fault(
                _l("The list is larger than %(most)s MB; it was not read to its end."),
                most=max(largest // 1024**2, 1),
            )
    return bytes(content)


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects to addresses that the guard allows, and to no name."""

    def __init__(self, guard: Guard, deadline: float) -> None:
        self._guard = guard
        self._deadline = deadline
        self._wire = httpcore.SyncBackend()

    def connect_tcp(self, *_nothing: Any, **asked: Any) -> httpcore.NetworkStream:
        address = self._address_of(asked["host"], asked["port"])
        wait = _left(self._deadline, asked["timeout"])
        stream = self._wire.connect_tcp(**asked | {"host": str(address), "timeout": wait})
        return _TimedStream(stream, self._deadline)

    def _address_of(self, host: str, port: int) -> Address:
        """Return the address to connect to; refuse if any that the name has is not allowed."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
        if not addresses or not all(self._guard.allows(each) for each in addresses):
            raise _fault(
                _l("%(host)s is an address inside a private network; lists are not taken there."),
                host=host,
            )
        return addresses[0]


class _TimedStream(httpcore.NetworkStream):
    """A connection that ends at the deadline, however slowly the other side talks."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        wait = _left(self._deadline, timeout)
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, wait), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the deadline has passed")
    return min(left, timeout or SILENCE)


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return _is_public(address.ipv4_mapped)
        if any(address in network for network in _EMBEDS):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _words(error: Exception) -> str:
    return str(error)[:120] or type(error).__name__


def _fault(message: Marked, **values: object) -> RuleError:
    return RuleError(message, field="url", **values)
