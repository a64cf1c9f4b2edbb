"""How a receiver knows that an event is ours, as Standard Webhooks 1.0 writes it down. Pure.

A receiver's secret is made of the portal's key and his own id, and is kept nowhere. While an
older key is still known (SECRET_KEY_FALLBACKS) each event carries a signature by it too.
Source: https://www.standardwebhooks.com, "Signature scheme".
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

_PREFIX = "whsec_"


def secret_of(webhook_id: UUID, key: str) -> str:
    """Return the secret of a receiver, as he is told it: `whsec_` and base64."""
    return _PREFIX + base64.b64encode(_raw(webhook_id, key)).decode()


def headers(
    webhook_id: UUID, event_id: UUID, body: bytes, *, at: datetime, keys: Iterable[str]
) -> list[tuple[str, str]]:
    """Return the headers that prove that an event is ours: id, seconds since 1970, signatures."""
    moment = str(int(at.timestamp()))
    signed = f"{event_id}.{moment}.".encode() + body
    made = [hmac.digest(_raw(webhook_id, key), signed, hashlib.sha256) for key in keys]
    return [
        ("Webhook-Id", str(event_id)),
        ("Webhook-Timestamp", moment),
        ("Webhook-Signature", " ".join("v1," + base64.b64encode(one).decode() for one in made)),
    ]


def _raw(webhook_id: UUID, key: str) -> bytes:
    return hmac.digest(key.encode(), b"webhook:" + webhook_id.bytes, hashlib.sha256)
