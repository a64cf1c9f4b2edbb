"""Signed messages between systems: HMAC-SHA256 over the moment and the body.

The header reads `t=<seconds since 1970>,v1=<hex>`; what is signed is `<t>.<body>`.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)
_HEADER = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def sign(secret: str, body: bytes, at: datetime) -> str:
    """Return the header that proves that who knows `secret` sent `body` at that moment."""
    moment = str(int(at.timestamp()))
    return f"t={moment},v1={_seal(secret, moment, body)}"


def is_genuine(header: str, body: bytes, secrets: Iterable[str], now: datetime) -> bool:
    """Say whether the header was made with one of the secrets within WINDOW of `now`."""
    found = _HEADER.fullmatch(header)
    if found is None:
        return False
    moment, given = found.groups()
    if abs(now.timestamp() - int(moment)) > WINDOW.total_seconds():
        return False
    made = [_seal(secret, moment, body) for secret in secrets]
    return any([hmac.compare_digest(each, given) for each in made])  # noqa: C419 - all are compared


def _seal(secret: str, moment: str, body: bytes) -> str:
    return hmac.digest(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hex()
