"""Identifiers: UUIDs for addresses, short numbers with a check character for people."""

import secrets
from datetime import datetime
from uuid import UUID

from portal.core import clock

# Without I, L, O, U: nobody confuses them with 1, 0 or V over the phone (as Crockford's base 32).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# ISO 7064 hybrid systems use a modulus and modulus + 1; ours has 32 characters, so 33 and 32.
_SPOKEN = str.maketrans("ILO", "110")


def uuid7(at: datetime | None = None) -> UUID:
    """Return a UUID version 7 (RFC 9562, 5.7): milliseconds first, then 74 random bits."""
    milliseconds = int((at or clock.now()).timestamp() * 1000)
    bits = (milliseconds & (1 << 48) - 1) << 80 | secrets.randbits(80)
    bits = bits & ~(0xF << 76) | 0x7 << 76
    bits = bits & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=bits)


def check_character(text: str) -> str:
    """Return the check character of `text` (hyphens are passed over).

    It finds every wrong character and every swap of neighbours.
    Source: ISO/IEC 7064, hybrid system mod 33, 32.
    """
    size = len(ALPHABET)
    rest = size
    for character in text.replace("-", ""):
        rest = (rest + ALPHABET.index(character)) % size or size
        rest = rest * 2 % (size + 1)
    return ALPHABET[(size + 1 - rest) % size]


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
