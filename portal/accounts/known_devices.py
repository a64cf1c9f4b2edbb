"""A browser that somebody signed in with before: wrong passwords of strangers do not lock it out.

It carries a sealed cookie with digests of the names that it signed in under, and a number of its
own under which its tries are counted.
Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeTimedSerializer

from portal.accounts.proofs import digest

LASTS_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True)
class KnownDevice:
    """A browser's own number, and the digests of the names that it signed in under."""

    number: str = ""
    names: tuple[str, ...] = ()

    def knows(self, login: str) -> bool:
        return digest(login) in self.names


def seal(secret: str, logins: Iterable[str | None]) -> str:
    """Return the cookie of a browser in which a person with these names has just signed in."""
    names = [digest(login) for login in logins if login]
    return str(_sealer(secret).dumps([secrets.token_urlsafe(16), names]))


def unseal(secret: str, sealed: str) -> KnownDevice:
    """Return what the cookie says; a device that knows nobody if we did not seal it."""
    try:
        number, names = _sealer(secret).loads(sealed, max_age=LASTS_SECONDS)
    except BadData:
        return KnownDevice()
    return KnownDevice(number, tuple(names))


def _sealer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="known-device")
