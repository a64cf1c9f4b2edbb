"""Subscriptions: a list taken over https from somebody whom we don't trust.

No redirect and no answer can make us talk to the operator's own network (`core/outside.py`). What
is read is bounded in bytes and in time, also unpacked.
Source: parental-control.md, "Bad input"; security-checklist, requests to addresses of others.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import httpcore

from portal.core.errors import RuleError
from portal.core.outside import (
    SILENCE,
    Deadline,
    Guard,
    PrivateAddressError,
    guarded_pool,
    words,
)
from portal.core.text import Marked, _l

MOST_REDIRECTS = 3
_MOVED = frozenset({301, 302, 303, 307, 308})


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
    try:
        with guarded_pool(guard, Deadline(guard.patience)) as pool:
            for _hop in range(MOST_REDIRECTS + 1):
                answer = _asked(pool, _checked(url), known, guard)
                if isinstance(answer, Fetched):
                    return answer
                url = urljoin(url, answer)
    except PrivateAddressError as error:
        raise _fault(
            _l("%(host)s is an address inside a private network; lists are not taken there."),
            host=str(error),
        ) from None
    except (httpcore.TimeoutException, TimeoutError):
        raise _fault(_l("The server did not answer in time.")) from None
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise _fault(
            _l("The server could not be reached: %(reason)s."), reason=words(error)
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


def _fault(message: Marked, **values: object) -> RuleError:
    return RuleError(message, field="url", **values)
