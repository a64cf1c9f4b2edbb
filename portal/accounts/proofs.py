"""One-time secrets: a six-digit code bound to the request that asked for it, or a long link."""

import secrets
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest

CODE_LASTS = timedelta(minutes=10)
CODE_ATTEMPTS = 5
LINK_LASTS = timedelta(minutes=30)
"""Source: OWASP ASVS 5.0 V6.4.3, V6.5.4, V6.5.5, V6.6.2, V6.6.3."""


def new_token() -> str:
    """Return 256 random bits for a session, a link or a request, fit for an URL."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Return six random digits, the first may be zero."""
    return f"{secrets.randbelow(1_000_000):06d}"


def digest(secret: str) -> str:
    """Return what is stored instead of a token: sha256, hexadecimal."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def code_digest(code: str, *, token: str) -> str:
    """Return what is stored instead of a code: worthless without the token of its request."""
    return digest(f"{token}:{code}")


def is_same(one: str, other: str) -> bool:
    """Compare two digests without telling by time where they differ."""
    return compare_digest(one.encode(), other.encode())


def typed_code(text: str) -> str:
    """Return the digits of a code as people type and paste it: `123 456`, `123-456`."""
    return "".join(letter for letter in text if letter not in " -\u00a0\u2011\u2013")
