"""Identifiers: UUIDs for addresses, short numbers with a check character for people."""

import secrets
from datetime import datetime
from threading import Lock
from uuid import UUID

from portal.core import clock

# Without I, L, O, U: nobody confuses them with 1, 0 or V over the phone (as Crockford's base 32).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_OVERFLOW, _FIELD = 0b100000, 0b100101  # x^5 + x^2 + 1, which generates GF(32)
_SPOKEN = str.maketrans("ILO", "110")


def uuid7(at: datetime | None = None) -> UUID:
    """Return a UUID version 7 (RFC 9562, 5.7): milliseconds first, then 74 bits, at first random.

    Those that one process makes within a millisecond follow each other (6.2, method 2), so that
    what was written down first also sorts first.
    """
    milliseconds = int((at or clock.now()).timestamp() * 1000)
    tail = _tails.next_in(milliseconds)
    bits = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76
    bits |= tail >> 62 << 64 | 0x2 << 62 | tail & (1 << 62) - 1
    return UUID(int=bits)


class _Tails:
    """The last 74 bits of identifiers, growing by random steps within one millisecond."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._milliseconds = self._last = -1

    def next_in(self, milliseconds: int) -> int:
        with self._lock:
            if milliseconds == self._milliseconds:
                self._last += 1 + secrets.randbits(32)
            else:  # the first bit is left free, for the steps that follow
                self._milliseconds, self._last = milliseconds, secrets.randbits(73)
            return self._last


_tails = _Tails()


def check_character(text: str) -> str:
    """Return the check character of `text` (hyphens are passed over).

    It finds every wrong character and every swap of neighbours: each step adds a character and
    multiplies by the generator of GF(32), which no two orders of two characters survive alike.
    Source: H. M. Damm, "Total anti-symmetrische Quasigruppen" (2004), over GF(2^5).
    """
    rest = 0
    for character in text.replace("-", ""):
        rest = (rest ^ ALPHABET.index(character)) << 1
        rest ^= _FIELD if rest & _OVERFLOW else 0
    return ALPHABET[rest]


def short_number(year: int) -> str:
    """Return a new number such as `26-4F7K-3`: year, four random characters, check character."""
    body = f"{year % 100:02d}-" + "".join(secrets.choice(ALPHABET) for _ in range(4))
    return f"{body}-{check_character(body)}"


def read_short_number(typed: str) -> str | None:
    """Return the number that a person typed in its written form, or None if it cannot be one."""
    plain = "".join(typed.upper().translate(_SPOKEN).replace("-", " ").split())
    if len(plain) != 7 or any(character not in ALPHABET for character in plain):
        return None
    body = f"{plain[:2]}-{plain[2:6]}"
    return f"{body}-{plain[6]}" if check_character(body) == plain[6] else None
