"""The secret of an unsubscribe link."""

import hmac
from base64 import urlsafe_b64encode
from uuid import UUID


def token_for(key: str, *, user_id: UUID, newsletter_id: UUID, channel: str) -> str:
    """Return the secret by which one reader ends one newsletter: 43 letters, always the same.

    It is made, not kept: the database has its digest only. After `key` was changed, links already
    sent go on working, because their digests stay.
    """
    named = f"unsubscribe:{user_id}:{newsletter_id}:{channel}"
    made = hmac.digest(key.encode(), named.encode(), "sha256")
    return urlsafe_b64encode(made).decode().rstrip("=")
