"""Passwords at rest: argon2id, the same time for somebody and nobody, bounded memory."""

from threading import BoundedSemaphore
from unicodedata import normalize

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST = 256
_AT_ONCE = 4
"""Each hash takes 19 MiB: so many may be worked out by one process at a time."""

_hasher = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1, type=Type.ID)
_room = BoundedSemaphore(_AT_ONCE)
_NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGxpdmVzIGhlcg"
    "$bm8gcGFzc3dvcmQgaGFzaGVzIHRvIHRoaXMgdmFsdWU"
)


def hash_password(password: str) -> str:
    """Return the argon2id hash of the password, with its salt and cost in it.

    Source: OWASP Password Storage (m=19456 KiB, t=2, p=1).
    """
    with _room:
        return _hasher.hash(_bytes(password))


def is_password(password: str, hashed: str | None) -> bool:
    """Tell whether the password belongs to the hash; None takes as long and is never right.

    A password longer than LONGEST is wrong, and costs as much time as any other.
    """
    fits = len(password) <= LONGEST
    with _room:
        try:
            _hasher.verify(hashed or _NOBODY, _bytes(password[:LONGEST]))
        except (VerificationError, InvalidHashError):
            return False
    return fits and hashed is not None


def needs_rehash(hashed: str) -> bool:
    """Tell whether the hash was made at another cost than today's."""
    return _hasher.check_needs_rehash(hashed)


def _bytes(password: str) -> bytes:
    return normalize("NFKC", password).encode("utf-8", "surrogatepass")
