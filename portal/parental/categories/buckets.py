"""How names are kept: a release is 256 buckets, each a packed text under its digest.

A name's bucket follows from the name alone, so that looking a name up reads one bucket, and two
releases share every bucket that did not change.
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

BUCKETS = 256
LARGEST = 64 * 1024**2  # bytes of a bucket's text; more is no bucket of ours


class DamagedError(ValueError):
    """These bytes are not what the digest promises."""


class Bucket(NamedTuple):
    """A packed part of a release: `digest` is the sha256 of its text."""

    digest: bytes
    blob: bytes


def bucket_of(name: str) -> int:
    """Return the number of the bucket that holds a name."""
    return zlib.crc32(name.encode()) % BUCKETS


def pack(masks: Mapping[str, int]) -> Bucket:
    """Return names with their masks as a bucket: lines of name and mask in hex, sorted."""
    text = "\n".join(f"{name} {mask:x}" for name, mask in sorted(masks.items())).encode()
    return Bucket(hashlib.sha256(text).digest(), zlib.compress(text, 6))


def unpack(blob: bytes, digest: bytes) -> dict[str, int]:
    """Return what `pack` was given. Raises DamagedError if it is something else."""
    text = _text(blob)
    if hashlib.sha256(text).digest() != digest:
        raise DamagedError("the digest differs")
    pairs = (line.partition(" ") for line in text.decode().splitlines())
    return {name: int(mask, 16) for name, _space, mask in pairs}


def split(masks: Mapping[str, int]) -> Iterator[Bucket]:
    """Return the buckets of a release, in order."""
    parts: list[dict[str, int]] = [{} for _ in range(BUCKETS)]
    for name, mask in masks.items():
        parts[bucket_of(name)][name] = mask
    return (pack(part) for part in parts)


def pack_names(names: Iterable[str]) -> bytes:
    """Return the names of one source as bytes."""
    return zlib.compress("\n".join(sorted(names)).encode(), 6)


def unpack_names(blob: bytes) -> list[str]:
    """Return what `pack_names` was given, sorted. Raises DamagedError if it is something else."""
    return _text(blob).decode().splitlines()


def _text(blob: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(blob, LARGEST)
    except zlib.error as error:
        raise DamagedError(str(error)) from None
    if not unpacking.eof:
        raise DamagedError("it is cut off, or too long")
    return text
